# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the scripts that try containers: a containerd of their own, which ends with the script that sources this.
# The host's containerd and mounts are left alone: the script runs itself again in a mount namespace (INSIDE).
# With cri=yes it speaks the Container Runtime Interface, too; pods come from the image localhost/pause:1.
[ "$(id -u)" = 0 ] || { echo "try: run it as root" >&2; exit 1; }
[ "${INSIDE:-}" = try ] || INSIDE=try exec unshare --mount "$0" "$@"
for program in containerd ctr runc runsc jq; do
  command -v "$program" >/dev/null || { echo "try: no $program; install containerd, runc, runsc and jq" >&2; exit 1; }
done
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
# Shims and runc keep their sockets and state here.
mount -t tmpfs tmpfs /run
work=$(mktemp -d)
chmod 755 "$work"
export CONTAINERD_ADDRESS=$work/containerd.sock CONTAINERD_NAMESPACE=unraced-try
processes=()
end() {
  local id
  for id in $(ctr container ls -q 2>/dev/null); do
    ctr task rm --force "$id" >/dev/null 2>&1 || true
    ctr container rm "$id" >/dev/null 2>&1 || true
  done
  # Pods have a namespace of their own.
  for id in $(ctr -n k8s.io container ls -q 2>/dev/null); do
    ctr -n k8s.io task rm --force "$id" >/dev/null 2>&1 || true
  done
  # What runs on in spite of that, since its containerd was ended before: the processes of our cgroups, and shims.
  for id in $(find /sys/fs/cgroup -path "*/$CONTAINERD_NAMESPACE/*" -name cgroup.procs -exec sort -u {} + 2>/dev/null) \
    $(pgrep -f -- "-address $CONTAINERD_ADDRESS"); do
    kill -KILL "$id" 2>/dev/null || true
  done
  kill "${processes[@]}" 2>/dev/null || true
  wait
  # runc leaves the cgroups above those of containers.
  for id in $(findmnt -n -l -t cgroup,cgroup2 -o TARGET); do
    [ ! -d "$id/$CONTAINERD_NAMESPACE" ] || find "$id/$CONTAINERD_NAMESPACE" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
  rm -rf --one-file-system "$work" 2>/dev/null || true
}
trap end EXIT
fail() {
  echo "try: $*" >&2
  tail -n 20 "$work"/*.log >&2
  exit 1
}
until_true() {
  local i
  for ((i = 0; i < 60; i++)); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 1
  done
  fail "not within a minute: $*"
}

cat >"$work/containerd.toml" <<TOML
version = 2
root = "$work/root"
state = "$work/state"
disabled_plugins = [$([ "${cri:-}" = yes ] || echo '"io.containerd.grpc.v1.cri"')]
[grpc]
  address = "$CONTAINERD_ADDRESS"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  # A pod's own value is below what a root without CAP_SYS_RESOURCE may set.
  restrict_oom_score_adj = true
TOML
start_containerd() {
  containerd --config "$work/containerd.toml" >>"$work/containerd.log" 2>&1 &
  containerd=$!
  processes+=("$containerd")
  until_true ctr version
}
start_containerd

bind() { printf -- '--mount\ntype=bind,src=%s,dst=%s,options=rbind:%s\n' "$1" "$2" "$3"; }
# The containers that are watched have this machine's programs.
mkdir -p "$work"/files/{usr,etc,proc,sys,dev,tmp}
for name in bin lib lib64 sbin; do ln -s "usr/$name" "$work/files/$name"; done
mapfile -t programs < <(bind /usr /usr ro; printf -- '--env\nPATH=/usr/bin:/usr/sbin\n')
# containerd's shim for runc starts runsc as well, when told its name; flags go into a command of one's own.
runsc() {
  local name=$1
  shift
  printf '#!/bin/sh\nexec runsc --platform=systrap --network=none --ignore-cgroups %s "$@"\n' "$*" >"$work/$name"
  chmod 755 "$work/$name"
}
sandbox() { ctr run --rootfs --read-only --runc-root "$work/runsc" --runc-binary "$work/$1" "${programs[@]}" "${@:2}"; }
