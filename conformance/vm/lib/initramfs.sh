# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The smallest initramfs that reaches the host's files: busybox, and the modules that some kernels have built in. Attacks
# on connects need veth and udp_diag, which the kernel would otherwise look for among the host's modules.

readonly WANTED_MODULES="virtio_pci virtio_console virtiofs veth udp_diag"

modules_dir() {
  local dir
  for dir in "$KERNEL_DIR"/{usr/,}lib/modules/"$KERNEL_RELEASE"; do
    [ ! -d "$dir/kernel" ] || { printf '%s\n' "$dir"; return; }
  done
  die "$KERNEL_DIR has no modules"
}

# The wanted modules and what they need, as files in loading order; what is built in needs none.
module_files() {
  local base name
  base=$(modules_dir)
  for name in $WANTED_MODULES; do
    needs_of "$base" "$name"
  done | awk '!seen[$0]++'
}

needs_of() {
  local base=$1 file need
  file=$(find "$base/kernel" -name "${2//_/[-_]}.ko*" -print -quit)
  [ -n "$file" ] || return 0
  for need in $(modinfo_depends "$file"); do
    needs_of "$base" "$need"
  done
  printf '%s\n' "$file"
}

# The depends= field of a module's .modinfo section, without kmod or binutils.
modinfo_depends() {
  unpacked "$1" | tr '\0' '\n' | sed -n 's/^depends=//p' | tr ',' ' '
}

unpacked() {
  case $1 in
    *.xz) xz -dc "$1" ;;
    *.zst) zstd -dcq "$1" ;;
    *) cat "$1" ;;
  esac
}

# Writes the initramfs, unless it is there; sets INITRAMFS.
build_initramfs() {
  INITRAMFS=$KERNEL_DIR/initramfs.cpio
  local init=$VM_HOME/guest/initramfs file name number=10 root
  if [ "$INITRAMFS" -nt "$init" ] && [ "$INITRAMFS" -nt "$VM_HOME/lib/initramfs.sh" ]; then
    return
  fi
  root=$(mktemp -d "$CACHE/initramfs.XXXXXX")
  mkdir -p "$root"/{bin,modules,dev,proc,host}
  cp "$GUEST_BUSYBOX" "$root/bin/busybox"
  cp "$init" "$root/init"
  chmod 755 "$root/init"
  while read -r file; do
    name=${file##*/}
    unpacked "$file" >"$root/modules/$number-${name%%.ko*}.ko"
    number=$((number + 1))
  done < <(module_files)
  (cd "$root" && find . | cpio -o -H newc --quiet) >"$INITRAMFS.new"
  rm -r "$root"
  mv "$INITRAMFS.new" "$INITRAMFS"
}
