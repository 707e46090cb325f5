// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.RecordLayout;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.Results;
import java.util.Arrays;
import java.util.List;

/** Mutants that falsify the bytes of socket addresses, or the sockets behind them. */
final class AddressMutants {
    private static final int UNIX_NAME = 2;
    /** The length of the longest UNIX address: the family and a name of 108 bytes. */
    private static final int LONGEST_UNIX = 110;

    private AddressMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "abstract-cut", "takes an abstract name for an empty string", "R2.25", (task, call, record) -> {
                            byte[] address = record.isConnect() ? record.argument() : new byte[0];
                            if (record.result() == 0 && isUnix(address) && nameLength(address) == 0) {
                                record.argument(Arrays.copyOf(address, UNIX_NAME));
                            }
                        }),
                MutantFactory.lying(
                        "unix-needs-nul",
                        "makes room for a NUL behind a full UNIX name",
                        "R2.26",
                        (task, call, record) -> {
                            byte[] address = record.isConnect() ? record.argument() : new byte[0];
                            if (isUnix(address) && nameLength(address) == LONGEST_UNIX - UNIX_NAME) {
                                record.argument(Arrays.copyOf(address, LONGEST_UNIX - 1));
                            }
                        }),
                MutantFactory.lying(
                        "address-cut", "does not say that it cut an address", "R2.27", (task, call, record) -> {
                            if (record.isConnect()) {
                                record.clear(EventFlag.TRUNCATED);
                            }
                        }),
                MutantFactory.lying(
                        "no-length-no-address", "takes an empty address for none", "R2.28", (task, call, record) -> {
                            if (record.isConnect() && record.small(RecordLayout.CONNECT_ADDRLEN) == 0) {
                                record.clearArgument();
                            }
                        }),
                MutantFactory.lying(
                        "streams-only",
                        "looks at no datagram socket",
                        "R2.29 R2.30 R2.41 R2.42 R2.43 R2.44 R2.45",
                        (task, call, record) -> {
                            if (record.isConnect()
                                    && record.bytes().getShort(RecordLayout.CONNECT_TYPE) == Results.SOCK_DGRAM) {
                                record.clear(EventFlag.HAS_SOCKET);
                            }
                        }),
                MutantFactory.lying(
                        "no-peer-is-zero",
                        "takes the zeros that the kernel leaves when a connection ends for a peer",
                        "R2.30",
                        (task, call, record) -> {
                            byte[] address = record.isConnect() ? record.argument() : new byte[0];
                            if (record.has(EventFlag.HAS_SOCKET) && isUnspecified(address)) {
                                byte[] zeros = record.slice(RecordLayout.CONNECT_LOCAL);
                                Arrays.fill(zeros, UNIX_NAME, zeros.length, (byte) 0);
                                record.slice(RecordLayout.CONNECT_REMOTE, zeros);
                            }
                        }),
                MutantFactory.lying(
                        "unix-peer-unknown",
                        "does not know the peer of a UNIX socket",
                        "R2.31",
                        (task, call, record) -> {
                            if (record.isConnect()
                                    && record.bytes().getShort(RecordLayout.CONNECT_FAMILY) == Results.AF_UNIX) {
                                record.remove(RecordLayout.CONNECT_REMOTE);
                            }
                        }),
                MutantFactory.lying(
                        "in-progress-is-failure", "takes EINPROGRESS for a failure", "R2.32", (task, call, record) -> {
                            if (record.isConnect() && record.result() == Results.EINPROGRESS) {
                                record.clear(EventFlag.HAS_SOCKET);
                            }
                        }),
                MutantFactory.lying(
                        "no-such-family", "has no address for a family of -1", "R14.1", (task, call, record) -> {
                            byte[] address = record.isConnect() ? record.argument() : new byte[0];
                            if (address.length >= UNIX_NAME && address[0] == -1 && address[1] == -1) {
                                record.clearArgument();
                            }
                        }));
    }

    private static boolean isUnix(byte[] address) {
        return address.length > UNIX_NAME && address[0] == Results.AF_UNIX && address[1] == 0;
    }

    private static boolean isUnspecified(byte[] address) {
        return address.length >= UNIX_NAME && address[0] == 0 && address[1] == 0;
    }

    private static int nameLength(byte[] address) {
        int end = UNIX_NAME;
        while (end < address.length && address[end] != 0) {
            end++;
        }
        return end - UNIX_NAME;
    }
}
