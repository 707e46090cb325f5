// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.wire;

/** Numbers that both ends agree on. */
public final class Protocol {
    /** Version of the protocol that this library speaks. */
    public static final int VERSION = 1;

    /** The oldest version that a server still takes. */
    public static final int OLDEST = 1;

    /** Bytes of the largest batch that a server sends, and a subscriber may ask for. */
    public static final int MAX_BATCH = 1 << 20;

    /** Bytes of the largest message a client takes: a batch, and what stands beside it. */
    public static final int MAX_DELIVERY = 4 << 20;

    /** Bytes of the largest request that a server takes. */
    public static final int MAX_REQUEST = 64 << 10;

    private Protocol() {}
}
