# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The root of the guest: this machine's own, or, for another processor, Debian's packages unpacked into a folder.

readonly ROOT_SUITE=trixie
# A JVM, a shell, and what the kit looks at.
readonly ROOT_PACKAGES="openjdk-21-jre-headless busybox-static dash bash coreutils base-files"

# Sets GUEST_ROOT and GUEST_BUSYBOX.
prepare_root() {
  GUEST_ROOT=/ GUEST_BUSYBOX=$(command -v busybox)
  [ "$MACHINE" != "$(uname -m)" ] || return 0
  GUEST_ROOT=$CACHE/roots/$MACHINE
  [ -e "$GUEST_ROOT/unpacked" ] || fetch_root
  mkdir -p "$GUEST_ROOT"/{proc,sys,dev,run,tmp,var/tmp}
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$GUEST_ROOT/etc/passwd"
  printf 'guest\n' >"$GUEST_ROOT/etc/hostname"
  # The tree is shared in this folder. The guest cannot make it, because its root is read-only.
  mkdir -p "$GUEST_ROOT$TREE"
  # shellcheck disable=SC2034 # the initramfs takes it
  GUEST_BUSYBOX=$GUEST_ROOT/usr/bin/busybox
}

# No script of a package is run, so no emulator of programs is needed.
fetch_root() {
  local key packages
  key=$(apt_key "$ROOT_SUITE")
  refresh_lists "$key" "$ROOT_SUITE"
  # shellcheck disable=SC2086 # a list
  packages=$(apt_of_our_own "$key" apt-get -q --no-install-recommends --simulate install $ROOT_PACKAGES |
    sed -n 's/^Inst \([^ ]*\) .*/\1/p')
  [ -n "$packages" ] || die "no packages for a root of $MACHINE"
  say "downloading a root of $MACHINE: $(wc -w <<<"$packages") packages"
  # shellcheck disable=SC2086 # a list
  unpack_packages "$key" "$GUEST_ROOT" $packages
}

guest_java() {
  printf '/usr/lib/jvm/java-21-openjdk-%s/bin/java\n' "$(deb_architecture)"
}
