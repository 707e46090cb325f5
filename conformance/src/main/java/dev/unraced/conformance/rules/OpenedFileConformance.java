// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Syscall;
import java.util.List;

/** Rules about the file that an open reached (chapter 2). */
public abstract class OpenedFileConformance extends DriverConformance {
    protected OpenedFileConformance() {}

    @Rule("An open that failed has no file, and has created none")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_19_aFailedOpenHasNoFile() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            String directory = scenario.scratch().directory();
            String file = scenario.scratch().path("file");
            for (WatchedCall call : List.of(
                    scenario.missing(),
                    WatchedCall.openat(Pointer.to(directory), Linux.O_WRONLY, 0),
                    WatchedCall.openat(Pointer.to(file), Linux.O_CREAT | Linux.O_EXCL, 0600))) {
                Observed observed = scenario.call(call);
                assertThat(observed.event().call().result())
                        .as("the result of %s", call)
                        .isNegative();
                assertThat(observed.open().file()).as("the file of %s", call).isEmpty();
                assertThat(observed.event().flags()).as("what %s created", call).doesNotContain(EventFlag.CREATED);
            }
        }
    }

    @Rule("Device and inode are those of the descriptor's fstat, on ordinary file systems")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.DEVICE_INODE)
    public final void r02_20_deviceAndInodeAreThoseOfTheFile() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            for (String path : List.of(
                    scenario.scratch().path("file"), scenario.scratch().directory(), anotherFileSystem(scenario))) {
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(path), Linux.O_RDONLY, 0));
                assertFile("R2.20", observed);
            }
        }
    }

    @Rule("The resolved path is absolute, whatever links, dots and directories the call went through")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
    public final void r02_21_theResolvedPathIsAbsolute() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeDirectory("dir");
            scenario.makeFile("dir/file");
            scenario.makeSymlink("dir/file", "link");
            scenario.makeSymlink(scenario.scratch().path("dir"), "dirlink");
            ByteString real = scenario.scratch().bytes("dir/file");
            scenario.call(WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir")), Linux.O_PATH, 0)
                    .keep(1));
            scenario.actor()
                    .ask(Command.of("chdir").with("path", scenario.scratch().bytes("dir")));
            List<WatchedCall> calls = List.of(
                    WatchedCall.openat(Pointer.to(real), 0, 0),
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("link")), 0, 0),
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dirlink/../dir/./file")), 0, 0),
                    WatchedCall.openat(Pointer.to("file"), 0, 0),
                    WatchedCall.openat(Pointer.to("../link"), 0, 0),
                    WatchedCall.openat(Pointer.to("file"), 0, 0).at("h:1"));
            for (WatchedCall call : calls) {
                assertThat(scenario.call(call).open().file().map(OpenedFile::path))
                        .as("%s", call)
                        .contains(real);
            }
        }
    }

    @Rule("A path on a mount that is attached nowhere says so")
    @Requires(
            syscalls = Syscall.OPENAT,
            features = {Feature.RESOLVED_PATH, Feature.DETACHED_FLAG})
    public final void r02_33_aPathOnADetachedMountSaysSo() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeDirectory("dir");
            scenario.makeFile("dir/file");
            scenario.actor()
                    .ask(Command.of("tree")
                            .with("path", scenario.scratch().bytes("dir"))
                            .with("keep", 1));
            OpenEvent loose = scenario.call(
                            WatchedCall.openat(Pointer.to("file"), 0, 0).at("h:1"))
                    .open();
            assertThat(loose.file()).as("on a mount that is attached nowhere").isPresent();
            assertThat(loose.flags())
                    .as("the flags of a file on a detached mount")
                    .contains(EventFlag.DETACHED);
            assertInPlace(scenario);
        }
    }

    @Rule("A path in another mount namespace says so")
    @Requires(
            syscalls = Syscall.OPENAT,
            features = {Feature.RESOLVED_PATH, Feature.NAMESPACES})
    public final void r02_33_aPathInAnotherNamespaceSaysSo() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeDirectory("dir");
            scenario.makeFile("dir/file");
            int elsewhere = scenario.actor().ask(Command.of("elsewhere")).integer("pid");
            OpenEvent foreign = scenario.call(
                            WatchedCall.openat(Pointer.to("/proc/" + elsewhere + "/root/etc"), Linux.O_PATH, 0))
                    .open();
            assertThat(foreign.file()).as("in another mount namespace").isPresent();
            assertThat(foreign.flags())
                    .as("the flags of a file in another mount namespace")
                    .contains(EventFlag.FOREIGN_MOUNT_NS)
                    .doesNotContain(EventFlag.DETACHED);
            assertInPlace(scenario);
        }
    }

    private static void assertInPlace(Scenario scenario) {
        OpenEvent own = scenario.call(
                        WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir/file")), 0, 0))
                .open();
        assertThat(own.flags())
                .as("R2.33: an ordinary file")
                .doesNotContain(EventFlag.FOREIGN_MOUNT_NS, EventFlag.DETACHED);
    }

    @Rule("A file is created only by the call that created it")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.CREATED_FLAG)
    public final void r02_22_createdIsSetByTheCreatingCallAlone() {
        try (Scenario scenario = scenario().open()) {
            Pointer path = Pointer.to(scenario.scratch().bytes("file"));
            long create = Linux.O_CREAT | Linux.O_RDWR;
            assertThat(created(scenario.call(WatchedCall.openat(path, create, 0600))))
                    .as("the first")
                    .isTrue();
            assertThat(created(scenario.call(WatchedCall.openat(path, create, 0600))))
                    .as("the second")
                    .isFalse();
            assertThat(created(scenario.call(WatchedCall.openat(path, Linux.O_RDONLY, 0))))
                    .as("one that cannot create")
                    .isFalse();
            Observed exclusive = scenario.call(WatchedCall.openat(path, create | Linux.O_EXCL, 0600));
            exclusive.outcome().requireResult(Linux.EEXIST, "an exclusive open of a file that exists");
            assertThat(exclusive.event().flags()).as("one that failed").doesNotContain(EventFlag.CREATED);
        }
    }

    @Rule("A file without a name does not get the name of its directory")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
    public final void r02_23_aTemporaryFileHasNoName() {
        try (Scenario scenario = scenario().open()) {
            Observed observed = scenario.call(WatchedCall.openat(
                    Pointer.to(scenario.scratch().directory()), Linux.O_TMPFILE | Linux.O_RDWR, 0600));
            long result = observed.outcome().result();
            if (result < 0) {
                throw new NotPlayed("the file system has no O_TMPFILE: the open returned " + result);
            }
            if (capabilities().has(Feature.DEVICE_INODE)) {
                assertFile("R2.23", observed);
            }
            if (capabilities().has(Feature.CREATED_FLAG)) {
                Violation.unless(
                        "R2.22",
                        () -> assertThat(created(observed)).as("O_TMPFILE").isTrue());
            }
            assertHasFile(observed);
            assertThat(observed.event().flags().contains(EventFlag.DELETED)
                            || observed.open()
                                    .file()
                                    .filter(file -> file.path()
                                            .equals(ByteString.utf8(
                                                    scenario.scratch().directory())))
                                    .isEmpty())
                    .as("%s", observed.event())
                    .isTrue();
        }
    }

    @Rule("A file below a directory that is gone does not get a name")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
    public final void r02_23_aFileOfAnEndedProcessHasNoName() {
        try (Scenario scenario = scenario().open()) {
            Reply departed = scenario.actor().ask(Command.of("departed").with("keep", 1));
            Observed observed = scenario.call(
                    WatchedCall.openat(Pointer.to("/proc/self/fd/" + departed.integer("fd")), Linux.O_PATH, 0));
            observed.outcome().requireSuccess("an open of a descriptor whose directory is gone");
            assertHasFile(observed);
            assertThat(observed.event().flags().contains(EventFlag.DELETED)
                            || observed.open()
                                    .file()
                                    .filter(file -> file.path()
                                            .equals(departed.bytes("path").orElseThrow()))
                                    .isEmpty())
                    .as("%s", observed.event())
                    .isTrue();
        } catch (ActorException e) {
            // Neither the simulator nor a sandbox keeps files of processes that ended.
            throw new NotPlayed(e.unsupported().orElseThrow(() -> e));
        }
    }

    /** Checks that there is a file whose name can be judged. */
    private static void assertHasFile(Observed observed) {
        assertThat(observed.open().file())
                .as("R2.23: the file, %s", observed.event())
                .isPresent();
    }

    @Rule("An open with O_PATH has its file too")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.DEVICE_INODE)
    public final void r02_24_anOpenForThePathAloneHasItsFile() {
        try (Scenario scenario = scenario().open()) {
            scenario.makeFile("file");
            scenario.makeSymlink("file", "link");
            assertFile(
                    "R2.24",
                    scenario.call(
                            WatchedCall.openat(Pointer.to(scenario.scratch().bytes("file")), Linux.O_PATH, 0)));
            assertFile(
                    "R2.24",
                    scenario.call(WatchedCall.openat(
                            Pointer.to(scenario.scratch().bytes("link")), Linux.O_PATH | Linux.O_NOFOLLOW, 0)));
        }
    }

    private static String anotherFileSystem(Scenario scenario) {
        return scenario.actor().isHere() ? "/proc/self" : "/";
    }

    private static boolean created(Observed observed) {
        return observed.open().file().map(OpenedFile::created).orElse(false);
    }

    private static void assertFile(String rule, Observed observed) {
        ActorException.unless(
                observed.outcome().hasFile(),
                "the actor does not know the file of its own call: " + observed.outcome());
        OpenedFile file =
                observed.open().file().orElseThrow(() -> Violation.of(rule, "no file in " + observed.event()));
        Violation.unless(
                rule,
                () -> assertThat(file.inode())
                        .as("inode")
                        .isEqualTo(observed.outcome().inode()));
        Violation.unless(
                rule,
                () -> assertThat(file.deviceMajor())
                        .as("device")
                        .isEqualTo(observed.outcome().deviceMajor()));
        Violation.unless(
                rule,
                () -> assertThat(file.deviceMinor())
                        .as("device")
                        .isEqualTo(observed.outcome().deviceMinor()));
    }
}
