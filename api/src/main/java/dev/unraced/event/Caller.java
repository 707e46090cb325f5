// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import dev.unraced.process.ProcessSnapshot;
import java.util.Optional;

/**
 * The caller of a call. Units and namespaces are those of {@link EventView}.
 *
 * @param threadStartNanos start time of the thread, CLOCK_BOOTTIME; with {@code tid} it identifies a thread for good
 * @param uid real user id, 0 to 2^32-1
 * @param gid real group id, 0 to 2^32-1
 * @param comm the thread's name, at most 15 bytes
 * @param cgroupId inode number of the cgroup v2 directory
 * @param mountNamespace inode number of the mount namespace
 * @param pidNamespace inode number of the pid namespace
 * @param containerId the container's id, where the driver knows it
 * @param process the process that made the call, with its program; empty without process events
 */
public record Caller(
        int tid,
        int tgid,
        long threadStartNanos,
        int parentTgid,
        long uid,
        long gid,
        ByteString comm,
        long cgroupId,
        long mountNamespace,
        long pidNamespace,
        Optional<ByteString> containerId,
        Optional<ProcessSnapshot> process) {
    /** Returns a builder of a caller without a name, a container and a process, in which every number is 0. */
    public static Builder builder() {
        return new Builder();
    }

    /** Names each value, as the constructor does not. Not thread-safe. */
    public static final class Builder {
        private int tid;
        private int tgid;
        private long threadStartNanos;
        private int parentTgid;
        private long uid;
        private long gid;
        private ByteString comm = ByteString.EMPTY;
        private long cgroupId;
        private long mountNamespace;
        private long pidNamespace;
        private Optional<ByteString> containerId = Optional.empty();
        private Optional<ProcessSnapshot> process = Optional.empty();

        private Builder() {}

        public Builder tid(int value) {
            tid = value;
            return this;
        }

        public Builder tgid(int value) {
            tgid = value;
            return this;
        }

        public Builder threadStartNanos(long value) {
            threadStartNanos = value;
            return this;
        }

        public Builder parentTgid(int value) {
            parentTgid = value;
            return this;
        }

        public Builder uid(long value) {
            uid = value;
            return this;
        }

        public Builder gid(long value) {
            gid = value;
            return this;
        }

        public Builder comm(ByteString value) {
            comm = value;
            return this;
        }

        public Builder cgroupId(long value) {
            cgroupId = value;
            return this;
        }

        public Builder mountNamespace(long value) {
            mountNamespace = value;
            return this;
        }

        public Builder pidNamespace(long value) {
            pidNamespace = value;
            return this;
        }

        public Builder containerId(ByteString value) {
            containerId = Optional.of(value);
            return this;
        }

        public Builder process(ProcessSnapshot value) {
            process = Optional.of(value);
            return this;
        }

        /** Returns the caller. */
        public Caller build() {
            return new Caller(
                    tid,
                    tgid,
                    threadStartNanos,
                    parentTgid,
                    uid,
                    gid,
                    comm,
                    cgroupId,
                    mountNamespace,
                    pidNamespace,
                    containerId,
                    process);
        }
    }
}
