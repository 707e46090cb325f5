// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.event.ByteString;
import java.util.Optional;

/** The actor's report of a call that has returned: the ground truth to compare an event with. */
public record Outcome(Reply reply) {

    public int tid() {
        return reply.integer("tid");
    }

    public int tgid() {
        return reply.integer("tgid");
    }

    /** Returns the result as user space sees it: a restart or an interruption shows as EINTR or not at all. */
    public long result() {
        return reply.number("result");
    }

    /**
     * Returns this outcome if the call had a result that the kernel gives whatever the driver does. A rule demands so
     * of the kit's own part before it looks at the event.
     *
     * @param call the call, in words
     * @throws ActorException when the call had another result
     */
    public Outcome requireResult(long expected, String call) {
        ActorException.unless(
                result() == expected,
                "the actor's part failed: " + call + " returned " + result() + " instead of " + expected);
        return this;
    }

    /**
     * Returns this outcome if the call succeeded. A rule demands so of the kit's own part before it looks at the event.
     *
     * @param call the call, in words
     * @throws ActorException when the call failed
     */
    public Outcome requireSuccess(String call) {
        ActorException.unless(result() >= 0, "the actor's part failed: " + call + " returned " + result());
        return this;
    }

    /** Returns the time of CLOCK_BOOTTIME just before the call. */
    public long begunNanos() {
        return reply.number("begun");
    }

    /** Returns the time of CLOCK_BOOTTIME just after the call. */
    public long endedNanos() {
        return reply.number("ended");
    }

    /** Returns whether the call opened a file, whose device and inode are known then. */
    public boolean hasFile() {
        return reply.has("inode");
    }

    public int deviceMajor() {
        return reply.integer("major");
    }

    public int deviceMinor() {
        return reply.integer("minor");
    }

    public long inode() {
        return reply.number("inode");
    }

    /** Returns the path of the opened file, as its descriptor's link in /proc says. */
    public Optional<ByteString> realPath() {
        return reply.bytes("real");
    }

    /** Returns the socket's own address after the call. */
    public Optional<ByteString> local() {
        return reply.bytes("local");
    }

    /** Returns the address of the socket's peer after the call; empty while it has none. */
    public Optional<ByteString> peer() {
        return reply.bytes("peer");
    }
}
