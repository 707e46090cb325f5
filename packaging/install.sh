# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Installs what building, tests and benchmarks need. Who sources this defines HOME_DIR, say() and die().

# Prints the packages that are missing. An entry is a command or file to look for, and the Debian package with it.
missing_packages() {
  local wanted=(
    "command:javac=default-jdk-headless" "command:mvn=maven" "command:make=make" "command:gcc=gcc"
    "file:/usr/include/stdlib.h=libc6-dev" "file:/usr/include/bpf/bpf_helpers.h=libbpf-dev"
  )
  # The benchmarks measure opensnoop, too, and put a load on with redis-benchmark.
  [ "${1:-}" = bench ] && wanted+=("file:/usr/sbin/opensnoop-libbpf=libbpf-tools" "command:redis-benchmark=redis-tools")
  [ "${1:-}" = test ] && wanted+=("command:bpftool=bpftool" "command:setpriv=util-linux" "command:runsc=runsc"
    "command:groff=groff-base" "command:mandoc=mandoc" "command:jq=jq" "command:unzip=unzip" "command:openssl=openssl" "command:zsh=zsh"
    "command:musl-gcc=musl-tools" "command:aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu"
    "file:/usr/aarch64-linux-gnu/lib/libc.a=libc6-dev-arm64-cross" "command:qemu-aarch64=qemu-user"
    "command:chromium=chromium" "command:chromedriver=chromium-driver" "command:npm=npm")
  local entry what
  for entry in "${wanted[@]}"; do
    what=${entry%%=*}
    present "${what%%:*}" "${what#*:}" || printf '%s\n' "${entry#*=}"
  done
  command -v clang-19 >/dev/null || command -v clang >/dev/null || printf 'clang-19\n'
  command -v llvm-strip-19 >/dev/null || command -v llvm-strip >/dev/null || printf 'llvm-19\n'
}

present() {
  case $1 in
    command) command -v "$2" >/dev/null || [ -x "/usr/sbin/$2" ] || { [ "$2" = javac ] && [ -x "${JAVA_HOME:-}/bin/javac" ]; } ;;
    file) [ -e "$2" ] ;;
  esac
}

# Installs what is missing to build, or also for "test" or "bench", and the packages that the other words name.
install_missing() {
  local packages
  mapfile -t packages < <(missing_packages "${1:-}")
  packages+=("${@:2}")
  mapfile -t packages < <(printf '%s\n' "${packages[@]}" | awk 'NF && !seen[$0]++')
  [ ${#packages[@]} -eq 0 ] && return
  local command="apt-get install -y --no-install-recommends ${packages[*]}"
  command -v apt-get >/dev/null || die "missing: ${packages[*]} (Debian's names). Install them with this system's package manager."
  [ "$(id -u)" = 0 ] || die "missing: ${packages[*]}. Run: sudo sh -c 'apt-get update && $command'"
  say "installing ${packages[*]}"
  mkdir -p "$HOME_DIR/target"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && $command; } >"$HOME_DIR/target/install.log" 2>&1 ||
    { tail -5 "$HOME_DIR/target/install.log" >&2; die "installing failed; all of it is in target/install.log. The command was: apt-get update && $command"; }
}
