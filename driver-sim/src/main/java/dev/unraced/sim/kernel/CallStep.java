// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

/**
 * The steps of a call; other threads may run between any two of them. The steps that a call takes depend on the call
 * and on how far it gets; their order is that of the kernel (do_sys_openat2 of fs/open.c, __sys_connect of
 * net/socket.c).
 */
public enum CallStep {
    /** The sys_enter tracepoint; for an io_uring request, its submission. */
    ENTER,
    /** copy_struct_from_user of openat2's {@code how}, and the check of flags. */
    COPY_HOW,
    /** getname copies the path. */
    COPY_PATH,
    /** copy_from_user of the block that socketcall(2) takes instead of registers. */
    COPY_BLOCK,
    /** move_addr_to_kernel copies the address. */
    COPY_ADDRESS,
    /** do_filp_open or __sys_connect_file: lookup, permissions, the object itself. */
    WORK,
    /** The call is blocked in its work; this step ends the work once it can end. */
    WAIT,
    /** fd_install: from now on other threads can reach the descriptor. */
    INSTALL,
    /**
     * An observer reads one name of the file's path, while other processors go on. This step exists only on machines
     * where looks take steps; the call itself does not advance.
     */
    LOOK,
    /** The sys_exit tracepoint; for an io_uring request, its completion. */
    EXIT
}
