// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.util.Optional;

/** What the actor says of a call that has returned: the truth to compare an event with. */
public record Outcome(Reply reply) {

    public int tid() {
        return reply.integer("tid");
    }

    public int tgid() {
        return reply.integer("tgid");
    }

    /** As user space sees it: a restart or an interruption shows as EINTR or not at all. */
    public long result() {
        return reply.number("result");
    }

    /** CLOCK_BOOTTIME just before the call. */
    public long begunNanos() {
        return reply.number("begun");
    }

    /** CLOCK_BOOTTIME just after the call. */
    public long endedNanos() {
        return reply.number("ended");
    }

    /** Whether the call opened a file, and so has what fstat says of it. */
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

    /** Where the opened file lies, as its link in /proc says. */
    public Optional<ByteString> realPath() {
        return reply.bytes("real");
    }

    /** The socket's own address after the call. */
    public Optional<ByteString> local() {
        return reply.bytes("local");
    }

    /** The address of the socket's peer after the call; empty while it has none. */
    public Optional<ByteString> peer() {
        return reply.bytes("peer");
    }
}
