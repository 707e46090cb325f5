// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.harness.RuleByLength;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Rules about paths of any length and content (chapter 10). */
public abstract class PathConformance extends DriverConformance {
    protected PathConformance() {}

    @RuleByLength(
            value = "A path of up to 4095 bytes arrives whole",
            lengths = {1, 7, 8, 63, 64, 127, 128, 254, 255, 256, 257, 511, 512, 1023, 1024, 2048, 4088, 4094, 4095})
    @Requires(syscalls = Syscall.OPENAT)
    public final void r10_1_pathsOfEveryLengthArriveWhole(int length) {
        try (Scenario scenario = scenario().open()) {
            ByteString path = pathOf(length);
            Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
            assertThat(observed.open().path().value()).as("the path").isEqualTo(path);
            assertThat(observed.open().path().isPresent())
                    .as("the path is present")
                    .isTrue();
            assertThat(observed.event().flags()).as("the flags").doesNotContain(EventFlag.TRUNCATED, EventFlag.FAULTED);
        }
    }

    @Rule("A longer path arrives with its first 4095 bytes, and is flagged")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.LONG_ARGUMENTS)
    public final void r10_2_longerPathsAreTruncatedAndSaySo() {
        try (Scenario scenario = scenario().open()) {
            for (int length : new int[] {4096, 4097, 5000, 20_000}) {
                ByteString path = pathOf(length);
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                observed.outcome().requireResult(Linux.ENAMETOOLONG, "an open of a path of " + length + " bytes");
                assertThat(observed.open().path().value())
                        .as("%d bytes", length)
                        .isEqualTo(pathOf(4095));
                assertThat(observed.event().flags()).as("%d bytes", length).contains(EventFlag.TRUNCATED);
            }
        }
    }

    @Rule("Any byte but NUL survives, text or not, or the path is absent and says that it was withheld")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r10_3_everyByteSurvives() {
        try (Scenario scenario = scenario().open()) {
            byte[] all = new byte[255];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) (i + 1);
            }
            List<ByteString> paths = new ArrayList<>(List.of(
                    ByteString.copyOf(all),
                    ByteString.copyOf(new byte[] {(byte) 0xff, (byte) 0xfe}),
                    ByteString.copyOf(new byte[] {'a', (byte) 0xc3}),
                    ByteString.utf8("new\nline\u001b[31m")));
            for (ByteString path : paths) {
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                if (capabilities().has(Feature.ANY_BYTES) || isText(path)) {
                    assertThat(observed.open().path().value())
                            .as("the path of any bytes")
                            .isEqualTo(path);
                } else {
                    assertThat(observed.open().path().isPresent())
                            .as("the path is withheld")
                            .isFalse();
                    assertThat(observed.event().flags())
                            .as("the flags of a withheld path")
                            .contains(EventFlag.WITHHELD);
                }
            }
        }
    }

    @Rule("An empty path is present and empty")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r10_4_anEmptyPathIsPresent() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(WatchedCall.openat(Pointer.to(""), Linux.O_RDONLY, 0));
            observed.outcome().requireResult(Linux.ENOENT, "an open of an empty path");
            assertThat(observed.open().path().isPresent())
                    .as("an empty path is present")
                    .isTrue();
            assertThat(observed.open().path().value()).as("an empty path").isEqualTo(ByteString.EMPTY);
            assertThat(observed.event().flags())
                    .as("the flags of an empty path")
                    .doesNotContain(EventFlag.TRUNCATED, EventFlag.FAULTED);
        }
    }

    private static boolean isText(ByteString path) {
        return ByteString.utf8(new String(path.toByteArray(), StandardCharsets.UTF_8))
                .equals(path);
    }

    /** Returns a path of a length, in which each position differs from its neighbours. */
    private static ByteString pathOf(int length) {
        byte[] path = new byte[length];
        for (int i = 0; i < length; i++) {
            path[i] = (byte) (i % 100 == 99 ? '/' : 'a' + i * 7 % 26);
        }
        return ByteString.copyOf(path);
    }
}
