// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
    private static final int ROOM = 8192;

    private final AddressSpace memory = new AddressSpace();
    private final byte[] target = new byte[ROOM];

    @Test
    void readsAStringUpToItsNul() {
        long address = memory.place(bytes("/etc/hosts"));

        assertThat(memory.stringCarefully(address, target, ROOM)).isEqualTo(10);
        assertThat(new String(target, 0, 10, StandardCharsets.US_ASCII)).isEqualTo("/etc/hosts");
        assertThat(memory.stringFromUser(address + 5, target, ROOM)).isEqualTo(5);
    }

    @Test
    void stopsAtTheLimit() {
        long address = memory.place(bytes("x".repeat(5000)));

        assertThat(memory.stringFromUser(address, target, 4096)).isEqualTo(4096);
    }

    @Test
    void aStringThatFillsItsPagesHasItsNulInOneMore() {
        long address = memory.place(bytes("y".repeat(AddressSpace.PAGE)));

        assertThat(memory.stringCarefully(address, target, ROOM)).isEqualTo(AddressSpace.PAGE);
    }

    @Test
    void aStringWithoutEndFaultsAtTheEdge() {
        long address = memory.placeAtEdge(bytes("/endless"));

        assertThat(memory.stringCarefully(address, target, ROOM)).isEqualTo(-1);
        assertThat(memory.stringFromUser(address, target, ROOM)).isEqualTo(-1);
        assertThat(memory.copyFromUser(address, target, 8)).isTrue();
        assertThat(memory.copyFromUser(address, target, 9)).isFalse();
    }

    @Test
    void whatEndsAtTheEdgeOfTheLimitIsWhole() {
        long address = memory.placeAtEdge(bytes("/exact"));

        assertThat(memory.stringFromUser(address, target, 6)).isEqualTo(6);
    }

    @Test
    void aColdPageFailsACarefulReadUntilTheKernelHasFetchedIt() {
        long address = memory.placeCold(bytes("/cold"), 0);

        assertThat(memory.isResident(address)).isFalse();
        assertThat(memory.stringCarefully(address, target, ROOM)).isEqualTo(-1);
        assertThat(memory.stringFromUser(address, target, ROOM)).isEqualTo(5);
        assertThat(memory.stringCarefully(address, target, ROOM)).isEqualTo(5);
    }

    @Test
    void aSplitStringIsOnlyHalfThere() {
        long address = memory.placeCold(bytes("/half-cold"), 5);

        assertThat(memory.isResident(address)).isTrue();
        assertThat(memory.copyCarefully(address, target, 5)).isTrue();
        assertThat(memory.copyCarefully(address, target, 6)).isFalse();
        assertThat(memory.stringCarefully(address, target, ROOM)).isEqualTo(-1);
        assertThat(memory.stringFromUser(address, target, ROOM)).isEqualTo(10);
    }

    @Test
    void neitherNullNorTheKernelsNorForeignAddressesCanBeRead() {
        long address = memory.place(bytes("gone"));
        memory.unmap(address);

        for (long bad : new long[] {0, ~0xffffL, address, Long.MIN_VALUE}) {
            assertThat(memory.copyFromUser(bad, target, 1)).isFalse();
            assertThat(memory.stringFromUser(bad, target, ROOM)).isEqualTo(-1);
        }
    }

    @Test
    void ofNoBytesNoneIsUnreadable() {
        assertThat(memory.copyFromUser(0, target, 0)).isTrue();
        assertThat(memory.copyCarefully(~0xffffL, target, 0)).isTrue();
    }

    @Test
    void hugeLengthsFault() {
        long address = memory.place(bytes("small"));

        assertThat(memory.copyFromUser(address, target, Integer.MAX_VALUE)).isFalse();
    }

    @Test
    void aWriteIsSeenByTheNextRead() {
        long address = memory.place(bytes("/a"));
        memory.write(address, bytes("/b\0"));

        memory.stringFromUser(address, target, ROOM);
        assertThat(target[1]).isEqualTo((byte) 'b');
    }

    @Test
    void aProgramCannotWriteWhereNothingIs() {
        assertThatThrownBy(() -> memory.write(0x10, new byte[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x10");
    }

    @Test
    void comparingInPlaceIsReadingAndComparing() {
        long[] places = {
            memory.place(bytes("/etc/hosts")),
            memory.place(bytes("/etc/host")),
            memory.place(bytes("/etc/hostsname")),
            memory.place(bytes("/etc/Hosts")),
            memory.place(bytes("y".repeat(AddressSpace.PAGE))),
            memory.placeAtEdge(bytes("/etc/hosts")),
            memory.placeAtEdge(bytes("/etc")),
            memory.placeCold(bytes("/etc/hosts"), 0),
            memory.placeCold(bytes("/etc/hosts"), 4),
            0
        };
        for (byte[] expected : new byte[][] {bytes("/etc/hosts"), bytes("/etc"), bytes("")}) {
            for (long place : places) {
                for (int limit : new int[] {expected.length, 10, 11, AddressSpace.PAGE, ROOM}) {
                    int length = memory.stringCarefully(place, target, limit);
                    boolean differs = length >= 0
                            && !Arrays.equals(target, 0, length, expected, 0, Math.min(limit, expected.length));
                    assertThat(memory.stringDiffersCarefully(place, expected, Math.min(limit, expected.length), limit))
                            .as("%s at 0x%x, limit %d", new String(expected, StandardCharsets.US_ASCII), place, limit)
                            .isEqualTo(differs);
                }
                boolean copied = memory.copyCarefully(place, target, expected.length);
                assertThat(memory.differsCarefully(place, expected, expected.length))
                        .isEqualTo(copied && !Arrays.equals(target, 0, expected.length, expected, 0, expected.length));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
