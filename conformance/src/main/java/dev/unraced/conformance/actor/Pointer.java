// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.event.ByteString;
import java.util.HexFormat;

/**
 * Memory that a pointer argument points to, in the actor's words.
 *
 * @param text the pointer in the protocol's syntax
 */
public record Pointer(String text) {
    /** The null pointer. */
    public static final Pointer NULL = new Pointer("null");
    /** A page that nobody may read. */
    public static final Pointer BAD = new Pointer("bad");
    /** An address of the kernel, which no program may use. */
    public static final Pointer KERNEL = new Pointer("high");

    /** Returns a pointer to ordinary memory; a path gets its NUL. */
    public static Pointer to(ByteString bytes) {
        return new Pointer("hex:" + hex(bytes));
    }

    /** Returns a pointer to text in ordinary memory. */
    public static Pointer to(String text) {
        return to(ByteString.utf8(text));
    }

    /** Returns a pointer to a page that the kernel must fault in, so that a tracer's non-faulting read fails. */
    public static Pointer cold(ByteString bytes) {
        return new Pointer("cold:" + hex(bytes));
    }

    /** Returns a pointer to bytes of which the first half is in memory, and the kernel must fault in the second. */
    public static Pointer split(ByteString bytes) {
        return new Pointer("split:" + hex(bytes));
    }

    /** Returns a pointer to bytes that end at an unreadable page: a path without an end. */
    public static Pointer edge(ByteString bytes) {
        return new Pointer("edge:" + hex(bytes));
    }

    /** Returns a pointer to a path whose NUL is the last readable byte. */
    public static Pointer terminatedEdge(ByteString bytes) {
        return new Pointer("edgez:" + hex(bytes));
    }

    /** Returns a pointer to a buffer that can be rewritten while a call uses it. */
    public static Pointer buffer(int id) {
        return new Pointer("buf:" + id);
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
