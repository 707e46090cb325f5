# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What a guest that is off has to say.

# What a kernel says about itself when something is wrong with it. "WARNING: CPU" and the lock validator's, not the
# notes about the processor's mitigations.
readonly KERNEL_TROUBLE='WARNING: (CPU|possible|inconsistent|suspicious|bad unlock|held lock|Nested lock|at )|BUG[: ]|Oops|Kernel panic|general protection fault|Call Trace:|INFO: (task .* blocked|rcu|possible|trying to register)|(K[A-Z]SAN|UBSAN|KFENCE|kmemleak):.*(BUG|error|leak|new suspected)|rcu: INFO: .* stall|soft lockup|hard LOCKUP|list_(add|del) corruption|refcount_t: '

kernel_trouble() {
  grep -hE "$KERNEL_TROUBLE" "$@" 2>/dev/null | head -20
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

# "ebpf     ran on Linux 6.12.118 in QEMU: 86 rules passed, ...", from what a run left.
summary() {
  local results=$1
  if [ ! -s "$results/junit.xml" ] || [ ! -s "$results/status" ]; then
    printf '%-8s NOT RUN on Linux %s in QEMU\n' "$DRIVER" "$KERNEL"
    return
  fi
  awk -v driver="$DRIVER" -v kernel="$(cat "$results/kernel")" -v status="$(cat "$results/status")" \
    -v seconds="$(cat "$results/seconds")" -v RS='<' '
      /^testcase / { cases++ }
      /^failure/ { failed++ }
      /^skipped/ { skipped++ }
      END {
        printf "%-8s ran on Linux %s in QEMU: %d rules passed, %d failed, %d skipped, in %d s%s\n", driver, kernel,
          cases - failed - skipped, failed, skipped, seconds, (status == 125 ? "; ITS KERNEL COMPLAINED" : "")
      }' "$results/junit.xml"
}
