// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads frames: the header of pkg/sentry/seccheck/sinks/remote/wire and the messages of {@code unraced/gvisor.proto}
 * that calls are made of, field by field and without objects. A test compares the results with those of protoc's
 * classes for the same file; decision 15 compares the cost.
 *
 * <p>Unknown messages, unknown fields, and fields of the wrong type are skipped. A frame that ends in the middle of a
 * field is malformed. Not thread-safe; allocates nothing.
 */
final class FrameDecoder {
    /** The bytes of the header in this version; a later header may be longer, and has its length in itself. */
    static final int HEADER = 8;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private static final int MAX_VARINT = 10;

    private byte[] bytes = {};
    private int at;
    private boolean broken;
    /** The value of the current field: a number, or the start of its bytes; with their length. */
    private long number;

    private int length;

    /**
     * Reads a frame.
     *
     * @param bytes an array that begins with the frame
     * @param end the length of the frame
     * @return whether the frame is well-formed; if not, the target has no meaning
     */
    boolean decode(byte[] bytes, int end, Frame into) {
        if (end < HEADER || end > bytes.length) {
            return false;
        }
        this.bytes = bytes;
        int header = (short) SHORTS.get(bytes, 0) & 0xffff;
        into.clear();
        into.bytes = bytes;
        into.type = (short) SHORTS.get(bytes, 2) & 0xffff;
        into.dropped = (int) INTS.get(bytes, 4);
        if (header < HEADER || header > end) {
            return false;
        }
        at = header;
        broken = false;
        switch (into.type) {
            case Frame.RAW -> raw(end, into);
            case Frame.OPEN, Frame.CONNECT, Frame.CLOSE, Frame.READ, Frame.EXEC_CALL -> call(end, into);
            case Frame.CLONE -> clone(end, into);
            case Frame.EXEC -> program(end, into, 3);
            case Frame.CONTAINER_START -> program(end, into, 4);
            case Frame.TASK_EXIT -> taskExit(end, into);
            default -> at = end;
        }
        return !broken && at == end;
    }

    private void call(int end, Frame into) {
        while (at < end && !broken) {
            int field = next(end);
            switch (field) {
                case 1 << 3 | BYTES -> context(into);
                case 2 << 3 | BYTES -> exit(into);
                case 3 << 3 | VARINT -> into.sysno = number;
                case 4 << 3 | VARINT -> into.fd = number;
                case 5 << 3 | BYTES -> {
                    into.fdPathAt = (int) number;
                    into.fdPathLength = length;
                }
                default -> argument(field, into);
            }
        }
    }

    /** Reads the fields whose meaning depends on the call. */
    private void argument(int field, Frame into) {
        if (into.type == Frame.CLOSE || into.type == Frame.READ) {
            return;
        }
        int flags = into.type == Frame.EXEC_CALL ? 9 : 7;
        if (field == (6 << 3 | BYTES)) {
            into.argumentAt = (int) number;
            into.argumentLength = length;
        } else if (field == (flags << 3 | VARINT)) {
            into.flags = number & 0xffff_ffffL;
        } else if (field == (8 << 3 | VARINT)) {
            into.mode = number & 0xffff_ffffL;
        }
    }

    private void raw(int end, Frame into) {
        while (at < end && !broken) {
            int field = next(end);
            int tag = field >>> 3;
            if (field == (1 << 3 | BYTES)) {
                context(into);
            } else if (field == (2 << 3 | BYTES)) {
                exit(into);
            } else if (field == (4 << 3 | VARINT)) {
                into.sysno = number;
            } else if (tag >= 5 && tag <= 10 && (field & 7) == VARINT) {
                into.args[tag - 5] = number;
            }
        }
    }

    private void clone(int end, Frame into) {
        while (at < end && !broken) {
            int field = next(end);
            switch (field) {
                case 1 << 3 | BYTES -> context(into);
                case 3 << 3 | VARINT -> into.createdTid = (int) number;
                case 4 << 3 | VARINT -> into.createdTgid = (int) number;
                case 5 << 3 | VARINT -> into.createdStartNanos = number;
                case 6 << 3 | VARINT -> into.cloneFlags = number;
                default -> {}
            }
        }
    }

    private void taskExit(int end, Frame into) {
        while (at < end && !broken) {
            int field = next(end);
            if (field == (1 << 3 | BYTES)) {
                context(into);
            } else if (field == (2 << 3 | VARINT)) {
                into.exitStatus = (int) number;
            }
        }
    }

    /** Reads an exec or the start of a container, whose arguments have different field numbers. */
    private void program(int end, Frame into, int arguments) {
        while (at < end && !broken) {
            int field = next(end);
            if (field == (1 << 3 | BYTES)) {
                context(into);
            } else if (field == (arguments << 3 | BYTES) && !broken) {
                into.addArgument(bytes, (int) number, length);
            } else if (into.type == Frame.EXEC && field == (2 << 3 | BYTES)) {
                into.binaryAt = (int) number;
                into.binaryLength = length;
            } else if (into.type == Frame.EXEC && field == (17 << 3 | BYTES)) {
                into.argumentAt = (int) number;
                into.argumentLength = length;
            }
        }
    }

    private void exit(Frame into) {
        int end = (int) number + length;
        at = (int) number;
        into.exit = true;
        while (at < end && !broken) {
            int field = next(end);
            switch (field) {
                case 1 << 3 | VARINT -> into.result = number;
                case 2 << 3 | VARINT -> into.errno = number;
                default -> {}
            }
        }
    }

    private void context(Frame into) {
        int end = (int) number + length;
        at = (int) number;
        while (at < end && !broken) {
            int field = next(end);
            switch (field) {
                case 1 << 3 | VARINT -> into.timeNanos = number;
                case 2 << 3 | VARINT -> into.tid = (int) number;
                case 3 << 3 | VARINT -> into.startNanos = number;
                case 4 << 3 | VARINT -> into.tgid = (int) number;
                case 5 << 3 | VARINT -> into.groupStartNanos = number;
                case 6 << 3 | BYTES -> {
                    into.containerAt = (int) number;
                    into.containerLength = length;
                }
                case 7 << 3 | BYTES -> credentials(into);
                case 9 << 3 | BYTES -> {
                    into.commAt = (int) number;
                    into.commLength = length;
                }
                default -> {}
            }
        }
    }

    private void credentials(Frame into) {
        int end = (int) number + length;
        at = (int) number;
        while (at < end && !broken) {
            int field = next(end);
            switch (field) {
                case 1 << 3 | VARINT -> into.uid = (int) number;
                case 2 << 3 | VARINT -> into.effectiveUid = (int) number;
                case 4 << 3 | VARINT -> into.gid = (int) number;
                case 5 << 3 | VARINT -> into.effectiveGid = (int) number;
                default -> {}
            }
        }
    }

    /** Moves over one field, sets {@link #number} and {@link #length} to its value, and returns its tag. */
    private int next(int end) {
        long tag = varint(end);
        if (tag < 1 << 3 || tag > Integer.MAX_VALUE) {
            broken = true;
            return 0;
        }
        switch ((int) tag & 7) {
            case VARINT -> number = varint(end);
            case BYTES -> {
                long size = varint(end);
                number = at;
                if (size < 0 || size > end - at) {
                    broken = true;
                } else {
                    length = (int) size;
                    at += length;
                }
            }
            case FIXED64 -> skip(Long.BYTES, end);
            case FIXED32 -> skip(Integer.BYTES, end);
            default -> broken = true;
        }
        return broken ? 0 : (int) tag;
    }

    private void skip(int count, int end) {
        broken |= count > end - at;
        at += count;
    }

    private long varint(int end) {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT * 7; shift += 7) {
            if (at >= end) {
                broken = true;
                return 0;
            }
            byte part = bytes[at++];
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        broken = true;
        return 0;
    }
}
