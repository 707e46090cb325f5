# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# One guest: QEMU, and two virtiofsd that share the host's root (read-only) and a directory for results.

# KVM only where it runs a stock kernel: a host that is itself a PVM guest has /dev/kvm, and cannot.
accelerator() {
  [ "$ACCEL" = auto ] || { printf '%s\n' "$ACCEL"; return; }
  if [ "$MACHINE" = "$(uname -m)" ] && [ -w /dev/kvm ] && { [ -d /sys/module/kvm_intel ] || [ -d /sys/module/kvm_amd ]; } && [ ! -d /sys/module/kvm_pvm ]; then
    printf 'kvm\n'
  else
    printf 'tcg\n'
  fi
}

# icount: a nanosecond of the guest is one instruction, the same in each run.
accelerator_flags() {
  case $1 in
    kvm) printf '%s\n' "-accel kvm -cpu host -smp $CPUS" ;;
    tcg) printf '%s\n' "-accel tcg,thread=multi -cpu $(emulated_processor) -smp $CPUS" ;;
    icount) printf '%s\n' "-accel tcg,thread=single -icount shift=0,sleep=off -cpu $(emulated_processor) -smp 1" ;;
    *) die "--accel is auto, kvm, tcg or icount" ;;
  esac
}

# Those that are quickest to emulate; of aarch64, one that marks pages as used by itself, as those of servers do.
emulated_processor() {
  case $MACHINE in
    x86_64) printf 'qemu64\n' ;;
    aarch64) printf 'neoverse-n1\n' ;;
  esac
}

board() {
  case $MACHINE in
    x86_64) printf 'q35\n' ;;
    aarch64) printf 'virt,gic-version=3\n' ;;
  esac
}

serial_console() {
  case $MACHINE in
    x86_64) printf 'ttyS0\n' ;;
    aarch64) printf 'ttyAMA0\n' ;;
  esac
}

virtiofsd_program() {
  local program
  for program in virtiofsd /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
    command -v "$program" && return
  done
}

# Shares a directory under $RUN/NAME.sock. Each ends with its QEMU.
share() {
  local name=$1 dir=$2 program
  shift 2
  program=$(virtiofsd_program)
  # The socket's path must be short, hence relative.
  (cd "$RUN" && exec nice "$program" --socket-path="$name.sock" --shared-dir "$dir" --sandbox none --cache auto "$@") \
    >"$RUN/virtiofsd-$name.log" 2>&1 &
  PIDS+=($!)
  for _ in $(seq 250); do
    [ ! -S "$RUN/$name.sock" ] || return 0
    sleep 0.02
  done
  cat "$RUN/virtiofsd-$name.log" >&2
  die "virtiofsd did not start"
}

# QEMU does not see what virtiofsd writes to the guest's memory. Where code lay before, the emulator would go on with
# its old translation. Debian's kernels zero a page before use, which QEMU sees; other kernels need this parameter.
readonly ZEROED=init_on_alloc=1

# Boots the guest and waits until it is off. The guest's command finds its script in $RUN/results/command.
boot() {
  local flags limits=() loudness=quiet tree=() shared=
  [ -z "$VERBOSE" ] || loudness=
  read -ra flags < <(accelerator_flags "$ACCEL")
  [ "$ACCEL" != icount ] || limits=(tsc=reliable)
  share host "$GUEST_ROOT" --readonly
  if [ "$GUEST_ROOT" != / ]; then
    share tree "$TREE" --readonly
    tree=(-chardev "socket,id=tree,path=tree.sock" -device "vhost-user-fs-pci,chardev=tree,tag=tree,queue-size=1024")
    shared=unraced.shared=$TREE
  fi
  share results "$RUN/results"
  touch "$RUN/out" "$RUN/console"
  (cd "$RUN" && exec nice timeout --kill-after=5 "$TIMEOUT" "qemu-system-$MACHINE" \
    -nodefaults -no-user-config -no-reboot -display none \
    -machine "$(board),memory-backend=mem" "${flags[@]}" -m "$MEMORY" \
    -object memory-backend-memfd,id=mem,size="${MEMORY}M",share=on \
    -chardev socket,id=host,path=host.sock -device vhost-user-fs-pci,chardev=host,tag=host,queue-size=1024 \
    -chardev socket,id=results,path=results.sock -device vhost-user-fs-pci,chardev=results,tag=results "${tree[@]}" \
    -serial file:console \
    -device virtio-serial-pci -chardev file,id=out,path=out -device virtserialport,chardev=out,name=out \
    -kernel "$(kernel_image)" -initrd "$INITRAMFS" \
    -append "console=$(serial_console) $loudness ${limits[*]} $ZEROED panic=-1 oops=panic $APPEND unraced.tree=$TREE unraced.kernel=$KERNEL_DIR unraced.module=$MODULE $shared unraced.init=$VM_HOME/guest/init") \
    >"$RUN/qemu.log" 2>&1 </dev/null &
  QEMU=$!
  PIDS+=("$QEMU")
  tail -n +1 -s 0.2 --pid="$QEMU" -f "$RUN/out" &
  local tails=($!)
  if [ -n "$VERBOSE" ]; then
    tail -n +1 -s 0.2 --pid="$QEMU" -f "$RUN/console" >&2 &
    tails+=($!)
  fi
  QEMU_STATUS=0
  # shellcheck disable=SC2034 # the verdict reads it
  wait "$QEMU" || QEMU_STATUS=$?
  wait "${tails[@]}" || true
}

# Ends what this run started, and nothing else.
end_processes() {
  local pid
  for pid in "${PIDS[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  wait 2>/dev/null || true
}
