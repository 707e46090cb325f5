// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The names of types, fields and functions in the running kernel's BTF, and the values of enumerators. Reading them
 * needs no privilege, unlike loading a program to find out.
 */
public final class KernelTypes {
    private static final String BTF = "sys/kernel/btf/vmlinux";

    /** Offsets in struct btf_header and struct btf_type of uapi/linux/btf.h. */
    private static final int HEADER = 24;

    private static final int HEADER_LENGTH = 4;
    private static final int TYPES_OFFSET = 8;
    private static final int TYPES_LENGTH = 12;
    private static final int STRINGS_OFFSET = 16;
    private static final int TYPE_SIZE = 12;
    private static final int TYPE_INFO = 4;

    private static final short MAGIC = (short) 0xeb9f;

    /** Values of BTF_KIND_INT and so on. */
    private static final int INT = 1;

    private static final int ARRAY = 3;
    private static final int STRUCT = 4;
    private static final int UNION = 5;
    private static final int ENUM = 6;
    private static final int FUNC_PROTO = 13;
    private static final int VAR = 14;
    private static final int DATASEC = 15;
    private static final int DECL_TAG = 17;
    private static final int ENUM64 = 19;

    /** The last one that was read, for as long as it is in memory: the start of a capture asks several times. */
    private static volatile WeakReference<KernelTypes> last = new WeakReference<>(null);

    private final byte[] bytes;

    private KernelTypes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads the running kernel's BTF, or returns what is still in memory of it; without BTF there are no names. */
    public static KernelTypes read() {
        KernelTypes types = last.get();
        if (types == null) {
            types = under(Path.of("/"));
            last = new WeakReference<>(types);
        }
        return types;
    }

    static KernelTypes under(Path root) {
        // Each thread that reads through a channel keeps a buffer as large as its largest file, here of megabytes.
        try (InputStream btf = new FileInputStream(root.resolve(BTF).toFile())) {
            return new KernelTypes(btf.readAllBytes());
        } catch (IOException e) {
            return new KernelTypes(new byte[0]);
        }
    }

    /** Returns whether one of the names is exactly this name; a NUL precedes and ends each name. */
    public boolean has(String name) {
        return indexOf(name, 0) >= 0;
    }

    /**
     * Returns the value of an enumerator, of enumerations with or without a name; empty when there is none.
     *
     * @param name the enumerator's name, such as REQ_F_POLLED_BIT
     */
    public OptionalInt enumerator(String name) {
        ByteBuffer btf = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        if (bytes.length < HEADER || btf.getShort(0) != MAGIC) {
            return OptionalInt.empty();
        }
        int header = btf.getInt(HEADER_LENGTH);
        int strings = header + btf.getInt(STRINGS_OFFSET);
        int at = header + btf.getInt(TYPES_OFFSET);
        int end = at + btf.getInt(TYPES_LENGTH);
        int wanted = indexOf(name, strings) - strings;
        while (wanted > 0 && at < end) {
            int info = btf.getInt(at + TYPE_INFO);
            int kind = info >>> 24 & 0x1f;
            int count = info & 0xffff;
            at += TYPE_SIZE;
            if (kind == ENUM || kind == ENUM64) {
                int size = bytesOf(kind, 1);
                for (int i = 0; i < count; i++) {
                    if (btf.getInt(at + i * size) == wanted) {
                        return OptionalInt.of(btf.getInt(at + i * size + Integer.BYTES));
                    }
                }
            }
            at += bytesOf(kind, count);
        }
        return OptionalInt.empty();
    }

    /** Returns the bytes behind the head of a type: struct btf_enum, btf_member and so on of uapi/linux/btf.h. */
    private static int bytesOf(int kind, int count) {
        return switch (kind) {
            case INT, VAR, DECL_TAG -> Integer.BYTES;
            case ARRAY -> 3 * Integer.BYTES;
            case STRUCT, UNION, DATASEC, ENUM64 -> 3 * Integer.BYTES * count;
            case ENUM, FUNC_PROTO -> 2 * Integer.BYTES * count;
            default -> 0;
        };
    }

    /** Returns the place of a name at or behind another place, or -1. */
    private int indexOf(String name, int from) {
        byte[] wanted = ("\0" + name + "\0").getBytes(StandardCharsets.US_ASCII);
        for (int at = from; at <= bytes.length - wanted.length; at++) {
            if (bytes[at + 1] == wanted[1] && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at + 1;
            }
        }
        return -1;
    }
}
