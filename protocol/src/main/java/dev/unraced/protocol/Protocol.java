// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

/** The numbers that both ends agree on. */
public final class Protocol {
    /** The version of the protocol that this library speaks. */
    public static final int VERSION = 1;

    /** The oldest version that a server still accepts. */
    public static final int OLDEST = 1;

    /** The bytes of the largest batch that a server sends, and a subscriber may ask for. */
    public static final int MAX_BATCH = 1 << 20;

    /** The bytes of the largest message that a client accepts: a batch, and its other fields. */
    public static final int MAX_DELIVERY = 4 << 20;

    /** The bytes of the largest request that a server accepts. */
    public static final int MAX_REQUEST = 64 << 10;

    private Protocol() {}
}
