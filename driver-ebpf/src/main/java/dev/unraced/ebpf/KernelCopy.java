// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.event.Syscall;
import java.util.EnumSet;
import java.util.Set;

/**
 * The kernel-copy tier: programs in kernel functions that have copied the arguments already. They share the maps of the
 * tracepoint tier and complete its stash entries. They are a separate object, so that a kernel that refuses them still
 * loads the rest.
 */
final class KernelCopy implements AutoCloseable {
    /**
     * The calls that may do without a snapshot, in the format of the programs. Only the snapshot of openat2 shows
     * whether O_LARGEFILE is the caller's or the kernel's.
     */
    static final int WITHOUT_SNAPSHOT = bits(EnumSet.complementOf(EnumSet.of(Syscall.OPENAT2)));

    private final BpfObject object;

    private KernelCopy(BpfObject object) {
        this.object = object;
    }

    /**
     * Loads and attaches the programs for some calls. A failure leaves nothing behind.
     *
     * @param main the tracepoint tier
     */
    static KernelCopy attach(BpfObject main, AttachMethod method, Set<Syscall> syscalls) throws EbpfFailure {
        Set<String> wanted = method.programs(syscalls);
        BpfObject object = BpfObject.loadBeside(main, method.object(), wanted);
        boolean attached = false;
        try {
            for (String program : wanted) {
                object.attach(program);
            }
            attached = true;
            return new KernelCopy(object);
        } finally {
            if (!attached) {
                object.close();
            }
        }
    }

    /** Returns the calls in the format of the programs: one bit for each call's code. */
    static int bits(Set<Syscall> syscalls) {
        return syscalls.stream().mapToInt(call -> 1 << call.code()).sum();
    }

    @Override
    public void close() {
        object.close();
    }
}
