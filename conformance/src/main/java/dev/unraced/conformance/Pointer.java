// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.util.HexFormat;

/**
 * Memory that a pointer argument points to, in the actor's words.
 *
 * @param text as the protocol describes it
 */
public record Pointer(String text) {
    /** The null pointer. */
    public static final Pointer NULL = new Pointer("null");
    /** A page that nobody may read. */
    public static final Pointer BAD = new Pointer("bad");
    /** An address of the kernel's, which no program may use. */
    public static final Pointer KERNEL = new Pointer("high");

    /** Ordinary memory; a path gets its NUL. */
    public static Pointer to(ByteString bytes) {
        return new Pointer("hex:" + hex(bytes));
    }

    /** Ordinary memory with text. */
    public static Pointer to(String text) {
        return to(ByteString.utf8(text));
    }

    /** A page that the kernel has to fetch before it can be read, so that a tracer's careful read fails. */
    public static Pointer cold(ByteString bytes) {
        return new Pointer("cold:" + hex(bytes));
    }

    /** Half of the bytes in a page that is there, half in one that the kernel has to fetch. */
    public static Pointer split(ByteString bytes) {
        return new Pointer("split:" + hex(bytes));
    }

    /** Memory whose next byte after these may not be read: a path without an end. */
    public static Pointer edge(ByteString bytes) {
        return new Pointer("edge:" + hex(bytes));
    }

    /** A path whose NUL is the last readable byte. */
    public static Pointer terminatedEdge(ByteString bytes) {
        return new Pointer("edgez:" + hex(bytes));
    }

    /** A buffer that can be rewritten while a call uses it. */
    public static Pointer buffer(int id) {
        return new Pointer("buf:" + id);
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
