# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian's kernels: found, downloaded and unpacked under $CACHE, never installed.

# Prints the suites that hold a kernel. A name that is no series is looked up in several suites.
suites_of() {
  case $1 in
    5.10 | 5.10[.-]*) printf 'bullseye bullseye-security\n' ;;
    6.1 | 6.1[.-]*) printf 'bookworm bookworm-security\n' ;;
    6.12 | 6.12[.-]*) printf 'trixie trixie-security\n' ;;
    *) printf 'trixie trixie-security trixie-backports bookworm bookworm-security\n' ;;
  esac
}

# Prints the archive from which this machine takes a suite: "URI keyring".
archive_of() {
  local label=Debian
  case $1 in *-security) label=Debian-Security ;; esac
  # shellcheck disable=SC2016 # the format is apt's
  apt-get indextargets --format '$(LABEL)|$(REPO_URI)|$(SIGNED_BY)' 'Created-By: Packages' |
    awk -F'|' -v label="$label" '$1 == label { print $2, $3; exit }'
}

# An apt of our own: this machine's archives, but the kernel's suites and the guest's processor; nothing of the system is written.
apt_of_our_own() {
  local root=$CACHE/apt/$1 architecture
  shift
  architecture=$(deb_architecture)
  "$@" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$root/sources" \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::State::lists="$root/lists" -o Dir::State::status="$root/status" -o Dir::Cache="$root/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o APT::Architecture="$architecture" -o APT::Architectures="$architecture"
}

# Debian's name of the guest's processor.
deb_architecture() {
  case $MACHINE in
    x86_64) printf 'amd64\n' ;;
    aarch64) printf 'arm64\n' ;;
    *) die "--machine is x86_64 or aarch64" ;;
  esac
}

# The name of an apt of our own: its processor and suites.
apt_key() {
  local suites=$*
  printf '%s+%s\n' "$(deb_architecture)" "${suites// /+}"
}

# apt-get update, at most once a day.
refresh_lists() {
  local key=$1 root=$CACHE/apt/$1 suite uri keyring
  shift
  [ -z "$(find "$root/fresh" -mmin -1440 2>/dev/null)" ] || return 0
  mkdir -p "$root"/{sources,lists/partial,cache/archives/partial}
  : >"$root/status"
  : >"$root/sources/kernels.sources"
  for suite in "$@"; do
    read -r uri keyring < <(archive_of "$suite") || continue
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n%s\n\n' "$uri" "$suite" \
      "${keyring:+Signed-By: $keyring}" | sed '/^$/{N;/^\n$/D}' >>"$root/sources/kernels.sources"
  done
  [ -s "$root/sources/kernels.sources" ] || die "apt knows no Debian archive here; first run: apt-get update"
  apt_of_our_own "$key" apt-get -q update >"$root/update.log" 2>&1 || { cat "$root/update.log" >&2; die "apt-get update failed"; }
  touch "$root/fresh"
}

# A kernel's release, from a series, with or without a flavour, or from a name:
# 6.12 -> 6.12.118+deb13-cloud-amd64, 6.12-rt-amd64 -> 6.12.118+deb13-rt-amd64
resolve_kernel() {
  local key=$1 name=$2 series flavour architecture
  architecture=$(deb_architecture)
  if [[ $name =~ ^([0-9]+)\.([0-9]+)(-([a-z-]*$architecture))?$ ]]; then
    series="${BASH_REMATCH[1]}\\.${BASH_REMATCH[2]}" flavour=${BASH_REMATCH[4]:-cloud-$architecture}
    apt_of_our_own "$key" apt-cache search --names-only "^linux-image-$series\." |
      sed -En "s/^linux-image-($series\.[0-9.]+(\+[a-z0-9.~]+|-[0-9]+)?-$flavour) .*/\1/p" | sort -V | tail -1
  else
    printf '%s\n' "${name#linux-image-}"
  fi
}

# Newer packages keep the kernel in one of their own, on which the image depends.
packages_of() {
  printf 'linux-image-%s\n' "$2"
  apt_of_our_own "$1" apt-cache depends "linux-image-$2" 2>/dev/null |
    sed -n "s/.*Depends: \(linux-\(binary\|modules\)-.*\)/\1/p"
}

# Unpacks a kernel, unless it is there; sets KERNEL_RELEASE and KERNEL_DIR.
fetch_kernel() {
  local name=$1 key packages
  local -a suites
  read -ra suites < <(suites_of "$name")
  key=$(apt_key "${suites[@]}")
  refresh_lists "$key" "${suites[@]}"
  KERNEL_RELEASE=$(resolve_kernel "$key" "$name")
  [ -n "$KERNEL_RELEASE" ] || die "no kernel $name in ${suites[*]}"
  KERNEL_DIR=$CACHE/kernels/$KERNEL_RELEASE
  [ ! -e "$KERNEL_DIR/unpacked" ] || return 0
  case $name in *-debug) die "no kernel $name here; first run: conformance/vm/debug-kernel" ;; esac
  say "downloading $KERNEL_RELEASE"
  mapfile -t packages < <(packages_of "$key" "$KERNEL_RELEASE")
  unpack_packages "$key" "$KERNEL_DIR" "${packages[@]}"
}

# Downloads packages and unpacks them to a folder.
unpack_packages() {
  local key=$1 target=$2 fresh package
  shift 2
  mkdir -p "$(dirname "$target")"
  fresh=$(mktemp -d "$(dirname "$target")/new.XXXXXX")
  (cd "$fresh" && apt_of_our_own "$key" apt-get -q download "$@" >download.log 2>&1) ||
    { cat "$fresh/download.log" >&2; rm -r "$fresh"; die "cannot download $*"; }
  for package in "$fresh"/*.deb; do
    dpkg-deb -x "$package" "$fresh"
    rm "$package"
  done
  touch "$fresh/unpacked"
  # Another run may have been faster.
  mv -T "$fresh" "$target" 2>/dev/null || rm -r "$fresh"
}

kernel_image() {
  local image
  for image in "$KERNEL_DIR/boot/vmlinuz-$KERNEL_RELEASE" "$KERNEL_DIR"/{usr/,}lib/modules/"$KERNEL_RELEASE"/vmlinuz; do
    [ ! -e "$image" ] || { printf '%s\n' "$image"; return; }
  done
  die "$KERNEL_DIR has no vmlinuz"
}

# Fetches the headers to build a module for a kernel; sets HEADERS_DIR to the folder that make -C takes.
fetch_headers() {
  local key packages root
  local -a suites
  read -ra suites < <(suites_of "$KERNEL_RELEASE")
  key=$(apt_key "${suites[@]}")
  root=$CACHE/headers/$KERNEL_RELEASE
  HEADERS_DIR=$root/usr/src/linux-headers-$KERNEL_RELEASE
  [ ! -e "$root/unpacked" ] || return 0
  refresh_lists "$key" "${suites[@]}"
  mapfile -t packages < <(header_packages_of "$key" "$KERNEL_RELEASE")
  say "downloading the headers of $KERNEL_RELEASE"
  unpack_packages "$key" "$root" "${packages[@]}"
  # The packages expect to lie under /usr/src.
  sed -i "s,/usr/src/,$root/usr/src/,g" "$HEADERS_DIR/Makefile"
}

header_packages_of() {
  printf 'linux-headers-%s\n' "$2"
  apt_of_our_own "$1" apt-cache depends "linux-headers-$2" |
    sed -n 's/.*Depends: \(linux-\(headers\|kbuild\)-.*\)/\1/p'
}
