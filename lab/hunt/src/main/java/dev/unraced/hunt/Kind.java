// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.Locale;

/** The kinds of activity that a program is made of. A program has one or several kinds at once. */
public enum Kind {
    /** Opens by several entry points, with paths that flip, while files and directories are renamed. */
    FILES("opens of paths that flip, while names are moved"),
    /** Threads and processes that share a descriptor table, and replace each other's descriptors. */
    DESCRIPTORS("shared descriptor tables, dup2 and close at the returned number"),
    /** Sockets that several processes connect at once. */
    SOCKETS("sockets that several processes connect, by fork and pidfd_getfd, with addresses that flip"),
    /** Batches of requests on io_urings. */
    RINGS("batches on io_urings: inline, linked, async, SQPOLL, fixed files, and the same number again"),
    /** Mount namespaces, bind mounts, chroot. */
    NAMESPACES("unshare, setns, bind mounts, chroot, and requests that wait meanwhile"),
    /** Calls that seccomp or a tracer refuses, and calls that only look refused. */
    REFUSALS(
            "calls that never ran by seccomp (descriptors that it adds, too) or ptrace, and SIGSYS pending while others run"),
    /** The block of socketcall(2). */
    SOCKETCALL("socketcall(2) whose block flips between two sockets"),
    /** Calls that block, and signals that end them or make them begin anew. */
    SIGNALS("opens that block on a fifo until a signal ends them, or makes them begin anew"),
    /** Scopes of link-local addresses. */
    SCOPES("link-local addresses whose scope flips"),
    /** Descriptors that processes send each other. */
    RIGHTS("sockets and files that processes send each other by SCM_RIGHTS while calls run"),
    /** Attempts of TCP that no connect makes. */
    FASTOPEN("TCP sockets in mid-call that another process shuts down, and connects by MSG_FASTOPEN"),
    /** Sockets whose addresses get other names. */
    RENAMES("sockets that another process binds to another interface, or makes ones of IPv4, in mid-call"),
    /** Sockets that lose their peer. */
    DISCONNECTS("sockets that another holder disconnects by AF_UNSPEC while a connect runs or waits"),
    /** Processes that execute a program. */
    EXECS("processes that execute a program, also by one thread while others are in calls"),
    /** Requests without completions, and completions without room. */
    SILENCE("requests that ask for no completion of a success, and rings with too little room for completions"),
    /** A ring that several processes and threads use at once. */
    SHARED_RINGS("a ring on which several threads and processes submit in turn, while others wait for completions"),
    /** Paths that openat2 resolves in its own way. */
    RESOLVES("openat2 and requests with each RESOLVE flag, and links that lead to the root"),
    /** Rings whose work waits until their thread asks for it. */
    DEFERRALS("batches on io_urings with IORING_SETUP_DEFER_TASKRUN, among moves of directories and roots");

    private final String description;

    Kind(String description) {
        this.description = description;
    }

    /** Returns what programs of this kind do. */
    public String description() {
        return description;
    }

    /** Returns the kind's name on the command line. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
