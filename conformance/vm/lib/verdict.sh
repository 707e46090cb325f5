# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The results of a guest that is off.

# The messages by which a kernel reports its own trouble: "WARNING: CPU" and the lock validator's, but not the notes
# about the processor's mitigations.
readonly KERNEL_TROUBLE='WARNING: (CPU|possible|inconsistent|suspicious|bad unlock|held lock|Nested lock|at )|BUG[: ]|Oops|Kernel panic|general protection fault|Call Trace:|INFO: (task .* blocked|rcu|possible|trying to register)|(K[A-Z]SAN|UBSAN|KFENCE):.*(BUG|error|leak)|kmemleak: .*new suspected|rcu: INFO: .* stall|soft lockup|hard LOCKUP|list_(add|del) corruption|refcount_t: '

kernel_trouble() {
  grep -hE "$KERNEL_TROUBLE" "$@" 2>/dev/null | head -20
}

# Whether the kernel died of a breakpoint that is not in its memory any more: in the dump, RIP stands behind it, and the
# byte before is no int3 (cc). An emulator with several threads can keep the translation of a byte for good, if one
# processor translates it while another overwrites it. No real processor does.
stale_breakpoint() {
  local results=$1 before
  [ "$ACCEL" = tcg ] && [ ! -s "$results/exit-code" ] || return 1
  before=$(awk '/Oops: int3/ { dying = 1 } dying && match($0, /[0-9a-f][0-9a-f] <[0-9a-f][0-9a-f]>/) { print substr($0, RSTART, 2); exit }' \
    "$results/console.txt")
  [ -n "$before" ] && [ "$before" != cc ]
}

# The command's exit code, or 125 with the reason when the guest did not get so far, or its kernel complained.
verdict() {
  local results=$1 status trouble
  trouble=$(kernel_trouble "$results/dmesg.txt" "$results/console.txt" || true)
  if [ ! -s "$results/exit-code" ]; then
    tail -30 "$results/console.txt" >&2
    [ ! -s "$RUN/qemu.log" ] || cat "$RUN/qemu.log" >&2
    if [ "$QEMU_STATUS" = 124 ] || [ "$QEMU_STATUS" = 137 ]; then
      say "not done after $TIMEOUT s: --timeout"
    else
      say "the guest ended before its command did; above is the end of its console"
    fi
    return 125
  fi
  if [ -n "$trouble" ]; then
    printf '%s\n' "$trouble" >&2
    say "the guest's kernel complained; see $results/dmesg.txt"
    return 125
  fi
  status=$(cat "$results/exit-code")
  return "$status"
}

# Prints the sums of the kit's report: "cases failed skipped seconds".
counts() {
  awk -v RS='<' '
    /^testcase / { cases++; if (match($0, / time="[0-9.]+/)) seconds += substr($0, RSTART + 7) }
    /^failure/ { failed++ }
    /^skipped/ { skipped++ }
    END { printf "%d %d %d %.1f\n", cases, failed, skipped, seconds }' "$1/junit.xml"
}

# Prints the last line of a run of the kit, as Maven closes a run of its own.
closing_line() {
  local results=$1 cases failed skipped seconds
  [ -s "$results/junit.xml" ] || return 0
  read -r cases failed skipped seconds < <(counts "$results")
  printf 'Tests run: %d, Failures: %d, Errors: 0, Skipped: %d, Time elapsed: %s s -- in driver %s on Linux %s\n' \
    "$cases" "$failed" "$skipped" "$seconds" "$DRIVER" "$(cat "$results/kernel")"
}

# "kmod     ran on Linux 6.12.118 in QEMU: 97 rules passed, ...", from what a run left.
summary() {
  local results=$1 cases failed skipped seconds status
  if [ ! -s "$results/junit.xml" ] || [ ! -s "$results/status" ]; then
    printf '%-8s NOT RUN on Linux %s in QEMU\n' "$DRIVER" "$KERNEL"
    return
  fi
  read -r cases failed skipped seconds < <(counts "$results")
  status=$(cat "$results/status")
  printf '%-8s ran on Linux %s in QEMU: %d rules passed, %d failed, %d skipped; %d s from boot to result, %s s of booting%s\n' \
    "$DRIVER" "$(cat "$results/kernel")" $((cases - failed - skipped)) "$failed" "$skipped" "$(cat "$results/seconds")" \
    "$(cat "$results/guest-up")" "$([ "$status" != 125 ] || printf '; ITS KERNEL COMPLAINED')"
  failed_rules "$results"
}

# Prints a line for each rule that failed.
failed_rules() {
  awk -v RS='<' '
    /^testcase / && match($0, / name="[^"]*/) { name = substr($0, RSTART + 7, RLENGTH - 7) }
    /^failure/ { printf "           failed: %s\n", name }' "$1/junit.xml"
}
