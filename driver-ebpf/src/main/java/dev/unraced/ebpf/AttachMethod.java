// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The methods of attaching programs to the kernel's functions, best first: {@code kernel-copy.bpf.c} and
 * {@code kernel-copy-kprobe.bpf.c}. The kernel's BTF lists the functions that it has.
 */
enum AttachMethod {
    /** Programs attach by trampolines: fentry and fexit. */
    FEXIT("kernel-copy.bpf.o", "filp_opened", "file_opened_7", "how_copied", "fentry and fexit") {
        @Override
        Set<String> programs(Set<Syscall> syscalls) throws EbpfFailure {
            Set<String> programs = common(syscalls);
            if (syscalls.contains(Syscall.CONNECT)) {
                programs.addAll(List.of("address_copied", "socket_connected"));
            }
            return programs;
        }
    },

    /** Programs attach by kprobes, and by a kretprobe for the state of a connected socket. */
    KPROBE("kernel-copy-kprobe.bpf.o", "filp_opening", "file_opening_7", "how_used", "kprobes") {
        @Override
        Set<String> programs(Set<Syscall> syscalls) throws EbpfFailure {
            Set<String> programs = common(syscalls);
            if (syscalls.stream().anyMatch(Syscall::isOpenLike)) {
                need("fd_install");
                programs.add("file_installed");
            }
            if (syscalls.contains(Syscall.CONNECT)) {
                programs.addAll(List.of("address_used", "connect_returned"));
            }
            return programs;
        }
    };

    /**
     * A value of enum bpf_attach_type of {@code include/uapi/linux/bpf.h}; it only makes libbpf look for a function.
     */
    private static final int BPF_TRACE_FEXIT = 25;

    private final String object;
    private final String path;
    private final String pathSince7;
    private final String how;
    private final String means;

    AttachMethod(String object, String path, String pathSince7, String how, String means) {
        this.object = object;
        this.path = path;
        this.pathSince7 = pathSince7;
        this.how = how;
        this.means = means;
    }

    /** Returns the object file that holds the programs. */
    String object() {
        return object;
    }

    /** Returns the kernel feature that this method uses, for messages. */
    String means() {
        return means;
    }

    /** Returns the name in the configuration. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the names of the programs that some calls need, in the order of attaching.
     *
     * @throws EbpfFailure when the kernel lacks a function that they need
     */
    abstract Set<String> programs(Set<Syscall> syscalls) throws EbpfFailure;

    /** Returns the programs for paths and for openat2's flags. */
    Set<String> common(Set<Syscall> syscalls) throws EbpfFailure {
        Set<String> programs = new LinkedHashSet<>();
        if (syscalls.stream().anyMatch(Syscall::isOpenLike)) {
            // Kernel 7.0 replaced do_filp_open by do_file_open.
            boolean former = exists("do_filp_open");
            if (!former && !exists("do_file_open")) {
                throw lacking("do_filp_open or do_file_open");
            }
            programs.add(former ? path : pathSince7);
        }
        // A compiler may have inlined do_sys_openat2; flags in memory then keep their snapshot.
        if (syscalls.contains(Syscall.OPENAT2) && exists("do_sys_openat2")) {
            programs.add(how);
        }
        if (syscalls.contains(Syscall.CONNECT)) {
            need("__sys_connect_file");
        }
        return programs;
    }

    private static void need(String function) throws EbpfFailure {
        if (!exists(function)) {
            throw lacking(function);
        }
    }

    private static EbpfFailure lacking(String function) {
        return new EbpfFailure(Step.FIND_FUNCTION, Errno.ENOENT, function);
    }

    private static boolean exists(String function) {
        return LibBpf.libbpf_find_vmlinux_btf_id(function, BPF_TRACE_FEXIT) > 0;
    }
}
