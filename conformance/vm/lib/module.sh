# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The kernel module, built here for the guest's kernel.

missing_for_module() {
  command -v make >/dev/null || printf 'make\n'
  local compiler
  for compiler in $(module_compilers); do
    command -v "$compiler" >/dev/null || printf '%s\n' "$compiler"
  done
  command -v pahole >/dev/null || printf 'pahole\n'
}

# Debian builds a module with the compiler of its kernel.
module_compilers() {
  case $KERNEL in
    6.1 | 6.1[.-]*) printf 'gcc-12\n' ;;
    6.12 | 6.12[.-]*) printf 'gcc-14\n' ;;
    *) printf 'gcc-12\ngcc-14\n' ;;
  esac
}

# Sets MODULE.
build_module() {
  local sources=$TREE/driver-kmod/src/main/c out=$CACHE/modules/$KERNEL_RELEASE
  fetch_headers
  mkdir -p "$out"
  # Checked by sparse, too, where it is installed.
  make --no-print-directory -C "$sources" separate module rival OUT="$out" KERNEL="$HEADERS_DIR" \
    C="$(command -v sparse >/dev/null && printf 1 || printf 0)" >"$out/build.log" 2>&1 ||
    { cat "$out/build.log" >&2; die "the module cannot be built for $KERNEL_RELEASE"; }
  # Without the types of the kernel there are none of the module, either; that is no fault of its code.
  ! grep -E 'warning:|WARNING:' "$out/build.log" >&2 || die "the module does not build cleanly for $KERNEL_RELEASE"
  # shellcheck disable=SC2034 # the guest's command line has it
  MODULE=$out/META-INF/kmod/unraced.ko
}
