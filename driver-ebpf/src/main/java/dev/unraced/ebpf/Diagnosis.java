// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.linux.Errno;
import dev.unraced.natives.NativePartException;

/** Turns a failed step into the missing prerequisite and its remedy. The failure decides; facts only explain it. */
final class Diagnosis {
    private static final String NO_REMEDY = "Choose another driver.";
    private static final String INSTALL =
            "Install libbpf (Debian, Ubuntu: apt-get install libbpf1; Fedora: dnf install libbpf)";

    private Diagnosis() {}

    /** Returns the reason that rules a capture out before it is tried. */
    static Availability beforehand(Machine machine) {
        if (!machine.linux()) {
            return new Unavailable("NOT_LINUX", "eBPF is part of Linux.", NO_REMEDY);
        }
        return new Availability.Available();
    }

    static Availability of(EbpfFailure failure, Machine machine) {
        return switch (failure.step()) {
            case FIND_OBJECT ->
                new Unavailable(
                        "UNSUPPORTED_MACHINE",
                        "This build has no eBPF programs for " + machine.architecture() + ".",
                        "Build on such a machine, or choose another driver.");
            case UNPACK -> unpacking(failure);
            case FIND_JNA ->
                new Unavailable(
                        "NO_JNA",
                        "The native half of JNA cannot be loaded (" + failure.getMessage() + ").",
                        "Start java with --enable-native-access=ALL-UNNAMED where it refuses native access; otherwise look at"
                                + " the properties of this JVM that begin with jna.");
            case FIND_LIBBPF -> libbpf(failure);
            case FIND_TRACEPOINT -> tracepoint(failure, machine);
            case FIND_FUNCTION ->
                new Unavailable(
                        "NO_FUNCTION",
                        "Kernel " + machine.kernel() + " has no function " + failure.getMessage() + ".",
                        "Use mitigation stash.");
            case OPEN_OBJECT, LOAD, MAP_MEMORY, RUN_PROGRAM, ATTACH -> kernel(failure, machine);
        };
    }

    /** Returns what a failure says about a method of reading the kernel's copies: refused, or unknown. */
    static ProbeResult kernelCopy(EbpfFailure failure, AttachMethod method, Machine machine) {
        if (failure.step() == EbpfFailure.Step.FIND_FUNCTION) {
            return new ProbeResult.Refused("this kernel has no function " + failure.getMessage());
        }
        boolean isRefusal = failure.step() == EbpfFailure.Step.LOAD || failure.step() == EbpfFailure.Step.ATTACH;
        if (isRefusal && machine.mayLoad() && isRefusal(failure.errno())) {
            return new ProbeResult.Refused("this kernel lets no program look into its functions by " + method.means()
                    + " (errno " + failure.errno() + ")");
        }
        return new ProbeResult.Unknown(what(failure));
    }

    /** Returns whether the error is permanent, unlike a lack of memory. */
    private static boolean isRefusal(int errno) {
        return errno == Errno.EPERM
                || errno == Errno.EACCES
                || errno == Errno.ENOENT
                || errno == Errno.EINVAL
                || errno == Errno.ENOTSUPP
                || errno == Errno.EOPNOTSUPP
                || errno == Errno.ESRCH;
    }

    /** The library in the jar cannot be used, and the system has none. */
    private static Availability unpacking(EbpfFailure failure) {
        if (!(failure.getCause() instanceof NativePartException cause)) {
            return new Inconclusive(what(failure));
        }
        return switch (cause.reason()) {
            case ABSENT ->
                new Unavailable(
                        "NO_LIBBPF",
                        cause.getMessage() + " Nor has this system a " + LibBpf.OF_SYSTEM + ".",
                        INSTALL + ".");
            case MUSL -> new Unavailable("MUSL", cause.getMessage(), cause.remedy());
            case NOEXEC -> new Unavailable("NOEXEC", cause.getMessage(), cause.remedy());
            case UNUSABLE -> new Unavailable("UNUSABLE_LIBRARY", cause.getMessage(), cause.remedy());
        };
    }

    private static Availability libbpf(EbpfFailure failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof IllegalStateException) {
            return new Unavailable(
                    "LIBBPF_IN_USE",
                    "This process uses the library " + cause.getMessage() + " already, not " + failure.getMessage()
                            + ".",
                    "Give every capture of the process the same unraced.ebpf.libbpf.");
        }
        String message = cause == null ? "" : String.valueOf(cause.getMessage());
        if (message.contains("Error looking up function")) {
            return new Unavailable(
                    "LIBBPF_TOO_OLD",
                    "The library " + failure.getMessage() + " lacks a function (" + message + ").",
                    "Leave unraced.ebpf.libbpf out, or name libbpf 1.2 or newer by it.");
        }
        return new Unavailable(
                "NO_LIBBPF",
                "The library " + failure.getMessage() + " cannot be loaded.",
                INSTALL + ", or leave unraced.ebpf.libbpf out: the jar has one.");
    }

    private static Availability tracepoint(EbpfFailure failure, Machine machine) {
        if (failure.errno() == Errno.EPERM) {
            return new Unavailable(
                    "NO_TRACEFS",
                    "tracefs is not mounted, and this process may not mount it for itself.",
                    "Run 'mount -t tracefs tracefs /sys/kernel/tracing', or give the process CAP_SYS_ADMIN.");
        }
        if (failure.errno() == Errno.EACCES) {
            return new Unavailable(
                    "TRACEFS_CLOSED",
                    "tracefs is readable by root alone, and this process is not root.",
                    "Give it CAP_DAC_READ_SEARCH, too, or mount tracefs with the options gid=GROUP,mode=0750.");
        }
        return new Unavailable(
                "NO_TRACEPOINT",
                "Kernel " + machine.kernel() + " has no " + failure.getMessage() + ".",
                "The kernel needs CONFIG_FTRACE_SYSCALLS; calls that the machine lacks are left out by"
                        + " unraced.syscalls.");
    }

    private static Availability kernel(EbpfFailure failure, Machine machine) {
        if (!machine.mayLoad()) {
            return new Unavailable(
                    "NO_PRIVILEGE",
                    "Loading eBPF programs needs privilege, and this process has none.",
                    "Run as root, or with CAP_BPF, CAP_PERFMON and CAP_DAC_READ_SEARCH where tracefs is mounted.");
        }
        if (!machine.btf()) {
            return new Unavailable(
                    "NO_BTF",
                    "Kernel " + machine.kernel() + " does not describe its types in /sys/kernel/btf/vmlinux.",
                    "Use a kernel with CONFIG_DEBUG_INFO_BTF=y, as current distributions ship.");
        }
        if (machine.lockdown().equals("confidentiality")) {
            return new Unavailable(
                    "LOCKDOWN",
                    "Lockdown mode 'confidentiality' forbids eBPF programs to read kernel memory.",
                    "Boot with lockdown=integrity or none.");
        }
        if (machine.isOldKernel()) {
            return new Unavailable(
                    "KERNEL_TOO_OLD",
                    "Kernel " + machine.kernel() + " lacks what the programs need (" + what(failure) + ").",
                    "Use kernel 5.17 or newer.");
        }
        if (failure.errno() == Errno.ENOMEM) {
            return new Unavailable(
                    "NO_MEMORY",
                    "The kernel has no memory for the maps (" + what(failure) + ").",
                    "Lower unraced.ring-bytes or unraced.stash.entries, or raise the memory limit of the container.");
        }
        if (failure.errno() == Errno.EPERM || failure.errno() == Errno.EACCES) {
            return new Unavailable(
                    "FORBIDDEN",
                    "The kernel refused (" + what(failure) + ") although the process has the capabilities.",
                    "Look for a seccomp filter, an LSM policy or a user namespace around the process.");
        }
        return new Inconclusive(what(failure));
    }

    private static String what(EbpfFailure failure) {
        String step = switch (failure.step()) {
            case OPEN_OBJECT -> "opening the object";
            case LOAD -> "loading the programs";
            case MAP_MEMORY -> "mapping memory";
            case RUN_PROGRAM -> "running a program";
            case ATTACH -> "attaching";
            case FIND_OBJECT, UNPACK, FIND_JNA, FIND_LIBBPF, FIND_TRACEPOINT, FIND_FUNCTION -> "preparing";
        };
        String detail =
                failure.getMessage() == null || failure.getMessage().isBlank() ? "" : ": " + failure.getMessage();
        return step + ", errno " + failure.errno() + detail;
    }
}
