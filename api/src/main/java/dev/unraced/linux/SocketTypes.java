// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

/**
 * The types of socket(2), as on x86 and arm64: {@code include/linux/net.h}; and protocols of
 * {@code include/uapi/linux/in.h}.
 */
public final class SocketTypes {
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_SEQPACKET = 5;
    /** A bit beside the type. */
    public static final int SOCK_NONBLOCK = 04000;
    /** A bit beside the type. */
    public static final int SOCK_CLOEXEC = 02000000;

    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_UDP = 17;

    private SocketTypes() {}
}
