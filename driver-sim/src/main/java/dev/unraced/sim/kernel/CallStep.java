// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/**
 * The steps of a call, between any two of which other threads may run. Which a call takes depends on the call and on
 * how far it gets; the order is that of the kernel (do_sys_openat2 of fs/open.c, __sys_connect of net/socket.c).
 */
public enum CallStep {
    /** The sys_enter tracepoint; of a request, its submission. */
    ENTER,
    /** copy_struct_from_user of openat2's {@code how}, and the check of flags. */
    COPY_HOW,
    /** getname: the path. */
    COPY_PATH,
    /** copy_from_user of the block that socketcall(2) has instead of registers. */
    COPY_BLOCK,
    /** move_addr_to_kernel: the address. */
    COPY_ADDRESS,
    /** do_filp_open or __sys_connect_file: lookup, permissions, the object itself. */
    WORK,
    /** Blocked in the work; what comes next is its end, when it can come. */
    WAIT,
    /** fd_install: from now on other threads can reach the descriptor. */
    INSTALL,
    /**
     * An observer reads a name of the way to the file, while other processors go on. Only on machines where looks take
     * steps; the call itself stays where it is.
     */
    LOOK,
    /** The sys_exit tracepoint; of a request, its completion. */
    EXIT
}
