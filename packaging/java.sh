# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Finds a JVM, and starts it quickly. ./unraced and the command of a package source this file; both define die().

# Sets JAVA and JAVA_FLAGS, and CLASS_DATA to the archive of loaded classes that this JVM can have in a folder. The JVM
# maps such an archive instead of parsing and verifying the classes, which takes a third of the time to the first event.
find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then JAVA=$JAVA_HOME/bin/java; else JAVA=$(command -v java) || JAVA=; fi
  [ -x "$JAVA" ] || die "no java${JAVA:+ at $JAVA}; install Java 17 or newer, or set JAVA_HOME to where it is"
  local version major home
  home=$(readlink -f "$JAVA")
  home=${home%/bin/java}
  version=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$home/release" 2>/dev/null) || true
  # Asking the JVM itself takes longer.
  [ -n "$version" ] ||
    version=$("$JAVA" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java\.runtime\.version = //p')
  major=${version%%[!0-9]*}
  [ "${major:-0}" -ge 17 ] || die "Java ${version:-of an unknown version} is too old; set JAVA_HOME to Java 17 or newer"
  # Guice generates no classes, which takes longer at a start than they save.
  JAVA_FLAGS=(-XX:+UseSerialGC -Dguice_bytecode_gen_option=DISABLED)
  [ "$major" -lt 22 ] || JAVA_FLAGS+=(--enable-native-access=ALL-UNNAMED)
  # Guice still uses what these versions warn about.
  [ "$major" -lt 24 ] || JAVA_FLAGS+=(--sun-misc-unsafe-memory-access=allow)
  CLASS_DATA=$1/classes-$version.jsa
}

# Makes that archive, for a class path: by a run that loads most of them, and captures on a simulated machine alone.
make_class_data() {
  local fresh=$CLASS_DATA.$$
  "$JAVA" "${JAVA_FLAGS[@]}" -XX:ArchiveClassesAtExit="$fresh" -cp "$1" dev.unraced.cli.ClassData >/dev/null 2>&1 ||
    true # Whether the drivers can run is not asked for.
  [ ! -e "$fresh" ] || mv -f "$fresh" "$CLASS_DATA"
}

# Adds the flags with which the JVM starts this command fastest. An archive that does not fit is passed over in silence.
start_quickly() {
  if [ -r "$CLASS_DATA" ]; then
    JAVA_FLAGS+=(-Xshare:auto "-XX:SharedArchiveFile=$CLASS_DATA" '-Xlog:cds*=off')
  fi
  # A small heap grows where it has to. The first compiler's code prints a million events in less of the processor's
  # time than the second compiler takes to begin with, and in a third less memory. A server and the rules run longer.
  JAVA_FLAGS+=(-Xms8m)
  case ${1:-} in
    serve | conformance) ;;
    *) JAVA_FLAGS+=(-XX:TieredStopAtLevel=1) ;;
  esac
}
