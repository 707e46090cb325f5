// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.linux.Errno;

/** Finds out what a failed step lacked, and how to get it. The failure decides; facts only explain it. */
final class Diagnosis {
    private static final String NO_REMEDY = "Choose another driver.";
    private static final String SIGN =
            "Sign the module with a key that the machine trusts (mokutil --import), then load it.";

    private Diagnosis() {}

    static Availability of(KmodFailure failure, Machine machine) {
        int errno = failure.errno();
        return switch (failure.step()) {
            case OPEN -> opening(errno, machine);
            case CONFIGURE -> configuring(errno, machine, failure);
            case MAP, SWITCH -> other(errno, failure);
        };
    }

    private static Availability opening(int errno, Machine machine) {
        if (errno == Errno.EACCES || errno == Errno.EPERM) {
            return new Unavailable(
                    "NO_PRIVILEGE",
                    "Opening " + Device.PATH + " needs root and CAP_SYS_ADMIN, and this process lacks one of them.",
                    "Run as root with CAP_SYS_ADMIN.");
        }
        if (errno == Errno.ENOENT || errno == Errno.ENXIO || errno == Errno.ENODEV) {
            return noDevice(machine);
        }
        return new Inconclusive("opening " + Device.PATH + " failed with errno " + errno);
    }

    private static Availability noDevice(Machine machine) {
        if (machine.loaded()) {
            return new Unavailable(
                    "NO_DEVICE_NODE",
                    "The module is loaded, but " + Device.PATH + " is not there.",
                    "In a container, pass the device in (--device " + Device.PATH + "); elsewhere mount devtmpfs.");
        }
        if (machine.tooOld()) {
            return new Unavailable(
                    "KERNEL_TOO_OLD",
                    "The module is for Linux 6.1 and newer, and this is " + machine.kernel() + ".",
                    NO_REMEDY);
        }
        if (machine.realtime()) {
            return new Unavailable(
                    "REALTIME_KERNEL",
                    "The module is not for kernels with PREEMPT_RT, as " + machine.kernel() + " is.",
                    NO_REMEDY);
        }
        if (!machine.modules()) {
            return new Unavailable(
                    "KERNEL_WITHOUT_MODULES", "Kernel " + machine.kernel() + " cannot load modules.", NO_REMEDY);
        }
        if (machine.disabled()) {
            return new Unavailable(
                    "MODULES_DISABLED",
                    "Loading modules is forbidden until the next boot (kernel.modules_disabled is 1).",
                    "Load the module at boot, before that is set, or choose another driver.");
        }
        if (!machine.lockdown().equals("none")) {
            return new Unavailable(
                    "LOCKDOWN",
                    "Lockdown mode '" + machine.lockdown() + "' takes signed modules only, and this one is not loaded.",
                    SIGN);
        }
        if (machine.signing()) {
            return new Unavailable(
                    "SIGNATURE_REQUIRED",
                    "This kernel takes signed modules only (module.sig_enforce), and this one is not loaded.",
                    SIGN);
        }
        return notLoaded(machine);
    }

    private static Availability notLoaded(Machine machine) {
        if (machine.built() == Machine.Built.FOR_THIS) {
            return new Unavailable(
                    "MODULE_NOT_LOADED",
                    "There is a module for kernel " + machine.kernel() + ", but it is not loaded.",
                    "As root run: unraced kmod load (or modprobe unraced, where DKMS has built it).");
        }
        if (!machine.headers()) {
            return new Unavailable(
                    "NO_HEADERS",
                    "The module is not loaded, and without the headers of kernel " + machine.kernel()
                            + " it cannot be built.",
                    "Install them (Debian, Ubuntu: apt-get install linux-headers-" + machine.kernel()
                            + "; Fedora: dnf install kernel-devel), then run: unraced kmod build && unraced kmod load");
        }
        return new Unavailable(
                "MODULE_NOT_BUILT",
                machine.built() == Machine.Built.FOR_OTHERS
                        ? "There are modules for other kernels, but none for " + machine.kernel() + "."
                        : "There is no module for kernel " + machine.kernel() + " yet.",
                "As root run: unraced kmod build && unraced kmod load");
    }

    private static Availability configuring(int errno, Machine machine, KmodFailure failure) {
        if (errno == Errno.EPROTO) {
            return new Unavailable(
                    "OTHER_VERSION",
                    "The module that is loaded belongs to another version of this library.",
                    "As root run: unraced kmod unload && unraced kmod build && unraced kmod load");
        }
        if (errno == Errno.ENOENT) {
            return new Unavailable(
                    "NO_HOOK",
                    "Kernel " + machine.kernel() + " lacks a function whose arguments mode kernel takes.",
                    "Choose mitigation stash, or another driver.");
        }
        if (errno == Errno.EOPNOTSUPP || errno == Errno.EBUSY) {
            return new Unavailable(
                    "FUNCTIONS_REFUSED",
                    "unraced.kmod.hooks is function, but " + CallFunctions.reason(errno) + ".",
                    "Set it to auto or tracepoint.");
        }
        return other(errno, failure);
    }

    private static Availability other(int errno, KmodFailure failure) {
        if (errno == Errno.ENOMEM) {
            return new Unavailable(
                    "NO_MEMORY",
                    "The kernel has no memory for the ring or the stash.",
                    "Lower unraced.ring-bytes or unraced.stash.entries, or raise the memory limit of the cgroup.");
        }
        return new Inconclusive(failure.getMessage());
    }
}
