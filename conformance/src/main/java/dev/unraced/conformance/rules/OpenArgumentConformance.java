// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotApplicable;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import java.util.List;

/** Rules about the path and the how of an open (chapter 2). */
public abstract class OpenArgumentConformance extends DriverConformance {
    private static final List<Long> FLAGS = List.of(0L, Linux.O_CLOEXEC | Linux.O_NOFOLLOW, 0x7fffffffL, 0xffffffffL);
    private static final List<Long> MODES = List.of(0L, 0644L, 0x12345678L);

    protected OpenArgumentConformance() {}

    @Rule("With mitigation the path is the one that was passed, read at entry or by the kernel")
    @Requires(syscalls = Syscall.OPENAT, provenances = Provenance.ENTER, mitigations = Mitigation.STASH)
    public final void r02_1_thePathIsReadAtEntryOrByTheKernel() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            scenario.makeFile("file");
            ByteString path = scenario.scratch().bytes("file");
            ArgumentAssertions.assertGuarded(
                    "R2.1",
                    scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0))
                            .open()
                            .path(),
                    path);
            ArgumentAssertions.assertGuarded(
                    "R2.1",
                    scenario.call(WatchedCall.openat(Pointer.terminatedEdge(path), Linux.O_RDONLY, 0))
                            .open()
                            .path(),
                    path);
        }
    }

    @Rule("A driver that lacks MATCH says it of no argument")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_15_whoLacksMatchSaysItOfNone() {
        if (capabilities().has(Integrity.MATCH)) {
            throw new NotApplicable("the driver has MATCH");
        }
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            Pointer path = Pointer.to(scenario.scratch().bytes("file"));
            assertThat(scenario.call(WatchedCall.openat(path, Linux.O_RDONLY, 0))
                            .open()
                            .path()
                            .integrity())
                    .as("the integrity of a path")
                    .isNotEqualTo(Integrity.MATCH);
        }
    }

    @Rule("A null path is absent, not empty")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_7_aNullPathIsAbsent() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(WatchedCall.openat(Pointer.NULL, Linux.O_RDONLY, 0));
            observed.outcome().requireResult(Linux.EFAULT, "an open of a null path");
            ArgumentAssertions.assertAbsent("R2.7", observed.open().path());
        }
    }

    @Rule("An unreadable path is absent, and flagged so")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_8_anUnreadablePathIsAbsent() {
        try (Scenario scenario = scenario().open()) {
            for (Pointer pointer : List.of(Pointer.BAD, Pointer.edge(ByteString.utf8("/endless")))) {
                Observed observed = scenario.call(WatchedCall.openat(pointer, Linux.O_RDONLY, 0));
                observed.outcome().requireResult(Linux.EFAULT, "an open of an unreadable path");
                ArgumentAssertions.assertAbsent("R2.8", observed.open().path());
                if (observed.event().call().mitigation() != Mitigation.OFF) {
                    assertThat(observed.event().flags())
                            .as("the flags of an unreadable path")
                            .contains(EventFlag.FAULTED);
                }
            }
        }
    }

    @Rule("Flags and mode come from registers, raw, and cannot be forged")
    @Requires(syscalls = {Syscall.OPEN, Syscall.OPENAT})
    public final void r02_9_flagsAndModeComeFromRegisters() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("missing"));
            for (long flags : FLAGS) {
                OpenEvent openat = scenario.call(WatchedCall.openat(path, flags & ~Linux.O_CREAT, 0))
                        .open();
                ArgumentAssertions.assertRegisters(openat.how());
                assertThat(openat.how().value())
                        .as("the flags of openat, without a mode")
                        .isEqualTo(new OpenHow(flags & ~Linux.O_CREAT, 0, 0, 0));
                for (long mode : MODES) {
                    long creating = flags | Linux.O_CREAT;
                    OpenEvent open = scenario.call(WatchedCall.open(
                                    Pointer.to(scenario.scratch().bytes("no/file")), creating, mode))
                            .open();
                    ArgumentAssertions.assertRegisters(open.how());
                    assertThat(open.how().value())
                            .as("the flags and the mode of open")
                            .isEqualTo(new OpenHow(creating, mode, 0, 0));
                    assertThat(open.dirfd()).as("where open starts").isEqualTo(Linux.AT_FDCWD);
                }
            }
        }
    }

    @Rule("The mode of a call that creates no file is what the register held")
    @Requires(
            syscalls = {Syscall.OPEN, Syscall.OPENAT},
            features = Feature.UNUSED_MODE)
    public final void r02_9_aModeThatIsNotUsedIsReported() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("missing"));
            for (long passed : FLAGS) {
                long flags = passed & ~Linux.O_CREAT;
                for (long mode : MODES) {
                    for (WatchedCall call :
                            List.of(WatchedCall.openat(path, flags, mode), WatchedCall.open(path, flags, mode))) {
                        assertThat(scenario.call(call).open().how().value())
                                .as("%s", call)
                                .isEqualTo(new OpenHow(flags, mode, 0, 0));
                    }
                }
            }
        }
    }

    @Rule("A creat reports the flags that the kernel gives it")
    @Requires(syscalls = Syscall.CREAT)
    public final void r02_10_creatReportsItsFlags() {
        try (Scenario scenario = scenario().open()) {
            OpenEvent event = scenario.call(
                            WatchedCall.creat(Pointer.to(scenario.scratch().bytes("file")), 0640))
                    .open();
            long flags = Linux.O_CREAT | Linux.O_WRONLY | Linux.O_TRUNC;
            assertThat(event.how().value())
                    .as("the flags and the mode of creat")
                    .isEqualTo(new OpenHow(flags, 0640, 0, 0));
            assertThat(event.dirfd()).as("the directory of creat").isEqualTo(Linux.AT_FDCWD);
            ArgumentAssertions.assertRegisters(event.how());
        }
    }

    @Rule("openat2's how is memory: it is read at entry, and says so")
    @Requires(syscalls = Syscall.OPENAT2, provenances = Provenance.ENTER, mitigations = Mitigation.STASH)
    public final void r02_11_howIsReadAtEntry() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            scenario.makeFile("file");
            OpenEvent event = scenario.call(WatchedCall.openat2(
                            Pointer.to(scenario.scratch().bytes("file")),
                            Linux.O_RDWR | Linux.O_CREAT,
                            0640,
                            Linux.RESOLVE_NO_SYMLINKS))
                    .open();
            assertThat(event.how().value())
                    .as("the how of openat2")
                    .isEqualTo(new OpenHow(
                            Linux.O_RDWR | Linux.O_CREAT, 0640, Linux.RESOLVE_NO_SYMLINKS, OpenFlags.OPEN_HOW_SIZE));
            assertThat(event.how().provenance()).as("the how's provenance").isIn(Provenance.ENTER, Provenance.KERNEL);
        }
    }

    @Rule("A how that is too short arrives with the bytes that are there")
    @Requires(syscalls = Syscall.OPENAT2)
    public final void r02_12_aShortHowIsTakenAsFarAsItGoes() {
        try (Scenario scenario = scenario().open()) {
            WatchedCall call = WatchedCall.openat2(
                    Pointer.to(scenario.scratch().bytes("file")), Linux.O_RDWR, 0640, Linux.RESOLVE_BENEATH);
            ArgumentAssertions.assertHow("R2.12", scenario.call(call.size(16)), new OpenHow(Linux.O_RDWR, 0640, 0, 16));
            ArgumentAssertions.assertHow("R2.12", scenario.call(call.size(8)), new OpenHow(Linux.O_RDWR, 0, 0, 8));
            ArgumentAssertions.assertHow("R2.12", scenario.call(call.size(10)), new OpenHow(Linux.O_RDWR, 0640, 0, 10));
            ArgumentAssertions.assertHow("R2.12", scenario.call(call.size(0)), new OpenHow(0, 0, 0, 0));
        }
    }

    @Rule("A how that is longer than known arrives with its known part and its size")
    @Requires(syscalls = Syscall.OPENAT2)
    public final void r02_13_aLongHowKeepsItsSize() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            WatchedCall call = WatchedCall.openat2(Pointer.to(scenario.scratch().bytes("file")), 0, 0, 0);
            Observed zeros = scenario.call(call.how(Pointer.to(Linux.how(Linux.O_RDWR, 0, 0, 40)), 40));
            assertThat(zeros.outcome().result())
                    .as("the kernel takes trailing zeros")
                    .isNotNegative();
            ArgumentAssertions.assertHow("R2.13", zeros, new OpenHow(Linux.O_RDWR, 0, 0, 40));
            ArgumentAssertions.assertHow(
                    "R2.13",
                    scenario.call(call.how(Pointer.to(Linux.how(Linux.O_RDWR, 0, 0, 24)), 1L << 40)),
                    new OpenHow(Linux.O_RDWR, 0, 0, 1L << 40));
        }
    }

    @Rule("An unreadable how is zeros of no provenance")
    @Requires(syscalls = Syscall.OPENAT2)
    public final void r02_14_anUnreadableHowIsZeros() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("file"));
            for (Pointer how : List.of(Pointer.BAD, Pointer.NULL)) {
                Observed observed =
                        scenario.call(WatchedCall.openat2(path, 0, 0, 0).how(how, OpenFlags.OPEN_HOW_SIZE));
                observed.outcome().requireResult(Linux.EFAULT, "an openat2 with an unreadable how");
                assertThat(observed.open().how().provenance())
                        .as("the provenance of an unreadable how")
                        .isEqualTo(Provenance.NONE);
                ArgumentAssertions.assertHow("R2.14", observed, new OpenHow(0, 0, 0, OpenFlags.OPEN_HOW_SIZE));
            }
        }
    }

    @Rule("Without mitigation the path is read at the return, and says so")
    @Requires(syscalls = Syscall.OPENAT, mitigations = Mitigation.OFF, provenances = Provenance.EXIT)
    public final void r02_18_withoutMitigationTheExitIsRead() {
        try (Scenario scenario = scenario().mitigation(Mitigation.OFF).open()) {
            scenario.makeFile("file");
            ByteString path = scenario.scratch().bytes("file");
            OpenEvent event = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0))
                    .open();
            assertThat(event.call().mitigation()).as("the mode of the event").isEqualTo(Mitigation.OFF);
            assertThat(event.path().value())
                    .as("the path, as it was at the return")
                    .isEqualTo(path);
            assertThat(event.path().provenance())
                    .as("the provenance of the path")
                    .isEqualTo(Provenance.EXIT);
            assertThat(event.flags()).as("no enter was awaited").doesNotContain(EventFlag.ENTER_MISSED);
            ArgumentAssertions.assertRegisters(event.how());
        }
    }
}
