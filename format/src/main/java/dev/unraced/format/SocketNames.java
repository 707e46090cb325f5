// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/** Appends the names of socket families and types, of {@code include/linux/socket.h} and {@code linux/net.h}. */
final class SocketNames {
    private SocketNames() {}

    /** Appends a name such as {@code AF_INET}, or {@code AF_} and the number of a rare family. */
    static void family(LineBuffer out, int family) {
        out.put("AF_");
        switch (family) {
            case 0 -> out.put("UNSPEC");
            case 1 -> out.put("UNIX");
            case 2 -> out.put("INET");
            case 10 -> out.put("INET6");
            case 16 -> out.put("NETLINK");
            case 17 -> out.put("PACKET");
            case 29 -> out.put("CAN");
            case 31 -> out.put("BLUETOOTH");
            case 38 -> out.put("ALG");
            case 40 -> out.put("VSOCK");
            case 44 -> out.put("XDP");
            default -> out.putDecimal(family);
        }
    }

    /** Appends a name such as {@code SOCK_STREAM}, or {@code SOCK_} and the number of an unknown type. */
    static void type(LineBuffer out, int type) {
        out.put("SOCK_");
        switch (type) {
            case 1 -> out.put("STREAM");
            case 2 -> out.put("DGRAM");
            case 3 -> out.put("RAW");
            case 4 -> out.put("RDM");
            case 5 -> out.put("SEQPACKET");
            case 6 -> out.put("DCCP");
            case 10 -> out.put("PACKET");
            default -> out.putDecimal(type);
        }
    }
}
