// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.EbpfFailure.Step;
import dev.unraced.event.Syscall;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The kernel-copy tier: programs in the functions that have copied the arguments already ({@code kernel-copy.bpf.c}).
 * They share the maps of the tracepoint tier and complete its stash entries. An object of their own, so that a kernel
 * that refuses them still takes the rest. Which functions there are, the kernel's BTF tells.
 */
final class KernelCopy implements AutoCloseable {
    /** enum bpf_attach_type of {@code include/uapi/linux/bpf.h}. */
    private static final int BPF_TRACE_FEXIT = 25;

    private static final String FILE_OPENED = "filp_opened";
    private static final String FILE_OPENED_7 = "file_opened_7";
    private static final String HOW_COPIED = "how_copied";
    private static final String ADDRESS_COPIED = "address_copied";
    private static final String SOCKET_CONNECTED = "socket_connected";
    private static final Set<String> ALL =
            Set.of(FILE_OPENED, FILE_OPENED_7, HOW_COPIED, ADDRESS_COPIED, SOCKET_CONNECTED);

    private final BpfObject object;

    private KernelCopy(BpfObject object) {
        this.object = object;
    }

    /**
     * Loads and attaches the programs for some calls. When this fails nothing stays behind.
     *
     * @param main the tracepoint tier
     */
    static KernelCopy attach(BpfObject main, Set<Syscall> syscalls) throws EbpfFailure {
        Set<String> wanted = programsOf(syscalls);
        BpfObject object = BpfObject.loadBeside(main, "kernel-copy.bpf.o", ALL, wanted);
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

    /** The calls as the programs are told of them: a bit each, by code. */
    static int bits(Set<Syscall> syscalls) {
        return syscalls.stream().mapToInt(call -> 1 << call.code()).sum();
    }

    @Override
    public void close() {
        object.close();
    }

    private static Set<String> programsOf(Set<Syscall> syscalls) throws EbpfFailure {
        Set<String> programs = new LinkedHashSet<>();
        if (syscalls.stream().anyMatch(Syscall::isOpenLike)) {
            // The former became the latter in 7.0.
            programs.add(exists("do_filp_open") ? FILE_OPENED : FILE_OPENED_7);
            need(programs.contains(FILE_OPENED) || exists("do_file_open"), "do_filp_open or do_file_open");
        }
        // A compiler may have put it into its callers; flags in memory keep their snapshot then.
        if (syscalls.contains(Syscall.OPENAT2) && exists("do_sys_openat2")) {
            programs.add(HOW_COPIED);
        }
        if (syscalls.contains(Syscall.CONNECT)) {
            need(exists("__sys_connect_file"), "__sys_connect_file");
            programs.addAll(List.of(ADDRESS_COPIED, SOCKET_CONNECTED));
        }
        return programs;
    }

    private static boolean exists(String function) {
        return LibBpf.libbpf_find_vmlinux_btf_id(function, BPF_TRACE_FEXIT) > 0;
    }

    private static void need(boolean exists, String function) throws EbpfFailure {
        if (!exists) {
            throw new EbpfFailure(Step.FIND_FUNCTION, LibC.ENOENT, function);
        }
    }
}
