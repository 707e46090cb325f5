// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/**
 * One system call, without its arguments.
 *
 * @param type whether the event holds the whole call or only its entry
 * @param enterNanos time of entry, CLOCK_BOOTTIME; 0 when the enter was missed
 * @param exitNanos time of return, CLOCK_BOOTTIME; 0 in an enter event
 * @param source the source whose events {@code sequence} counts
 * @param sequence number of the event within its source, from 1
 * @param result the raw return value: a descriptor or 0, or the negated errno; 0 in an enter event
 */
public record Call(
        EventType type,
        Syscall syscall,
        Abi abi,
        Origin origin,
        Mitigation mitigation,
        long enterNanos,
        long exitNanos,
        int source,
        long sequence,
        long result) {
    /**
     * Returns a builder of a merged, native system call of {@code openat} without mitigation, in which every number is
     * 0.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Names each value, as the constructor does not. Not thread-safe. */
    public static final class Builder {
        private EventType type = EventType.MERGED;
        private Syscall syscall = Syscall.OPENAT;
        private Abi abi = Abi.NATIVE;
        private Origin origin = Origin.SYSCALL;
        private Mitigation mitigation = Mitigation.OFF;
        private long enterNanos;
        private long exitNanos;
        private int source;
        private long sequence;
        private long result;

        private Builder() {}

        public Builder type(EventType value) {
            type = value;
            return this;
        }

        public Builder syscall(Syscall value) {
            syscall = value;
            return this;
        }

        public Builder abi(Abi value) {
            abi = value;
            return this;
        }

        public Builder origin(Origin value) {
            origin = value;
            return this;
        }

        public Builder mitigation(Mitigation value) {
            mitigation = value;
            return this;
        }

        public Builder enterNanos(long value) {
            enterNanos = value;
            return this;
        }

        public Builder exitNanos(long value) {
            exitNanos = value;
            return this;
        }

        public Builder source(int value) {
            source = value;
            return this;
        }

        public Builder sequence(long value) {
            sequence = value;
            return this;
        }

        public Builder result(long value) {
            result = value;
            return this;
        }

        /** Returns the call. */
        public Call build() {
            return new Call(type, syscall, abi, origin, mitigation, enterNanos, exitNanos, source, sequence, result);
        }
    }
}
