// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;

/** Rules about files on bind mounts (chapter 2). */
@Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
public abstract class MountConformance extends DriverConformance {
    private static final String SOURCE = "source";
    private static final String MOUNTPOINT = "mountpoint";
    private static final String ELSEWHERE = "elsewhere";
    private static final String FILE = "file";
    private static final int SOCKET = 1;
    private static final int ROOT = 2;
    private static final int INTERNET = 3;
    private static final int FILLER = 4;
    /** A path of so many of these names is longer than 4095 bytes. */
    private static final int DEPTH = 20;

    private static final String COMPONENT = "d".repeat(250);

    protected MountConformance() {}

    @Rule("A path from a root in another mount namespace says so, where no file does")
    @Requires(
            syscalls = Syscall.CONNECT,
            features = {Feature.NAMESPACES, Feature.START_NAMESPACES})
    public final void r02_46_aRootElsewhereIsMarked() {
        try (Scenario scenario = scenario().open()) {
            assertThat(scenario.call(scenario.missing(0)).event().flags())
                    .as("a failed open from the caller's own root")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS);
            scenario.makeSymlink("/", "root");
            goToOldRoot(scenario, false);
            assertThat(scenario.call(scenario.missing(1)).event().flags())
                    .as("a failed open from a root elsewhere")
                    .contains(EventFlag.FOREIGN_MOUNT_NS);
            String link = scenario.scratch().bytes("root").toUtf8().substring(1);
            assertThat(scenario.call(WatchedCall.openat(Pointer.to(link + "/missing"), Linux.O_RDONLY, 2)
                                    .at("h:" + ROOT))
                            .event()
                            .flags())
                    .as("a failed open from a directory of the own namespace, by a link to that root")
                    .contains(EventFlag.FOREIGN_MOUNT_NS);
            Sockets sockets = new Sockets(scenario.actor());
            sockets.stream(SOCKET, Linux.AF_UNIX);
            ByteString address =
                    SocketAddresses.unix(scenario.scratch().bytes("socket").toUtf8());
            assertThat(scenario.call(WatchedCall.connect("h:" + SOCKET, address))
                            .event()
                            .flags())
                    .as("a connect by a path from there")
                    .contains(EventFlag.FOREIGN_MOUNT_NS);
            ByteString named = SocketAddresses.unix("\0unraced-nowhere");
            SyscallEvent abstractly =
                    scenario.call(WatchedCall.connect("h:" + SOCKET, named)).event();
            assertThat(abstractly.flags().contains(EventFlag.FOREIGN_MOUNT_NS))
                    .as("a name that is in no file system, if the kernel saw the same")
                    .isEqualTo(isUncertain(abstractly));
            sockets.stream(INTERNET, Linux.AF_INET);
            assertThat(scenario.call(WatchedCall.connect("h:" + INTERNET, SocketAddresses.loopback(9)))
                            .event()
                            .flags())
                    .as("a socket that knows no paths")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS);
        }
    }

    @Rule("A TCP connect that waits has no such mark, though another thread changes the directory")
    @Requires(
            syscalls = Syscall.CONNECT,
            features = {Feature.NAMESPACES, Feature.START_NAMESPACES})
    public final void r02_46_aConnectOfAnInternetSocketHasNoStart() {
        try (Scenario scenario = scenario().open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.listenFull(SOCKET, SocketAddresses.loopback(0), FILLER);
            sockets.stream(INTERNET, Linux.AF_INET);
            Job job = scenario.block(WatchedCall.connect("h:" + INTERNET, address));
            in(scenario, "chdir", scenario.scratch().path(""));
            job.signal(false);
            job.finish().requireResult(Linux.EINTR, "a connect that a signal interrupts");
            assertThat(scenario.onlyEventOf(job.tid()).flags())
                    .as("a connect of a process whose directory changed meanwhile")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS);
        }
    }

    @Rule("A file that lies in no namespace does not prove where a path started")
    @Requires(features = {Feature.NAMESPACES, Feature.START_NAMESPACES})
    public final void r02_46_aFileOfNoNamespaceProvesNone() {
        try (Scenario scenario = scenario().open()) {
            WatchedCall open = WatchedCall.openat(Pointer.to("/proc/self/ns/net"), Linux.O_RDONLY, 0);
            assertThat(scenario.call(open).event().flags())
                    .as("an open from the caller's own root")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS);
            goToOldRoot(scenario, false);
            assertThat(scenario.call(open).event().flags())
                    .as("an open from a root elsewhere")
                    .contains(EventFlag.FOREIGN_MOUNT_NS);
        }
    }

    @Rule("A directory in another mount namespace says so, also where openat2 makes it the root")
    @Requires(
            syscalls = Syscall.OPENAT2,
            features = {Feature.NAMESPACES, Feature.START_NAMESPACES})
    public final void r02_46_aDirectoryElsewhereIsMarked() {
        try (Scenario scenario = scenario().open()) {
            goToOldRoot(scenario, true);
            assertThat(scenario.call(scenario.missing()).event().flags())
                    .as("a failed open from the caller's own root")
                    .doesNotContain(EventFlag.FOREIGN_MOUNT_NS);
            assertThat(scenario.call(WatchedCall.openat(Pointer.to("unraced-nowhere"), Linux.O_RDONLY, 0)
                                    .at("h:" + ROOT))
                            .event()
                            .flags())
                    .as("a failed open from a directory elsewhere")
                    .contains(EventFlag.FOREIGN_MOUNT_NS);
            SyscallEvent absolute = scenario.call(WatchedCall.openat(Pointer.to("/unraced-nowhere"), Linux.O_RDONLY, 0)
                            .at("h:" + ROOT))
                    .event();
            assertThat(absolute.flags().contains(EventFlag.FOREIGN_MOUNT_NS))
                    .as("a path that is absolute, if the kernel saw the same")
                    .isEqualTo(isUncertain(absolute));
            assertThat(scenario.call(WatchedCall.openat2(
                                            Pointer.to("/unraced-nowhere"), Linux.O_RDONLY, 0, Linux.RESOLVE_IN_ROOT)
                                    .at("h:" + ROOT))
                            .event()
                            .flags())
                    .as("a failed open from a directory elsewhere that is its root")
                    .contains(EventFlag.FOREIGN_MOUNT_NS);
        }
    }

    @Rule("A file that is mounted over another has the name of the mountpoint when its own is gone")
    public final void r02_23_aMountedFileHasTheNameOfItsMountpoint() {
        try (Scenario scenario = scenario().open()) {
            for (String name : new String[] {SOURCE, MOUNTPOINT, ELSEWHERE}) {
                scenario.makeFile(name);
            }
            mount(scenario);
            rename(scenario, ELSEWHERE, SOURCE);
            Observed observed = scenario.call(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes(MOUNTPOINT)), 0, 0));
            assertThat(observed.event().flags())
                    .as("the way leads through the mountpoint")
                    .doesNotContain(EventFlag.DELETED);
            assertThat(observed.open().file().map(OpenedFile::path))
                    .as("the path of the mount point")
                    .contains(scenario.scratch().bytes(MOUNTPOINT));
            Violation.unless(
                    "R2.36",
                    () -> assertThat(observed.open().path().integrity())
                            .as("the path names the file")
                            .isNotEqualTo(Integrity.DIFFERS));
        }
    }

    @Rule("A path that is too long does not hide that the file lies outside what its mount shows")
    @Requires(features = {Feature.RESOLVED_TAIL, Feature.DETACHED_FLAG})
    public final void r02_33_aLongPathDoesNotHideThatNothingLeadsThere() {
        try (Scenario scenario = scenario().open()) {
            for (String name : new String[] {SOURCE, MOUNTPOINT, ELSEWHERE}) {
                scenario.makeDirectory(name);
            }
            mount(scenario);
            in(scenario, "chdir", scenario.scratch().path(MOUNTPOINT));
            int depth = 0;
            boolean hasFile = false;
            try {
                for (; depth < DEPTH; depth++) {
                    in(scenario, "mkdir", COMPONENT);
                    in(scenario, "chdir", COMPONENT);
                }
                in(scenario, "file", FILE);
                hasFile = true;
                rename(scenario, SOURCE + "/" + COMPONENT, ELSEWHERE + "/" + COMPONENT);
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(FILE), Linux.O_RDONLY, 0));
                // The way up has to be there again for the code that removes the directories.
                rename(scenario, ELSEWHERE + "/" + COMPONENT, SOURCE + "/" + COMPONENT);
                observed.outcome().requireSuccess("an open of a file outside what its mount shows");
                Violation.unless(
                        "R2.21",
                        () -> assertThat(observed.event().flags())
                                .as("the path is too long")
                                .contains(EventFlag.RESOLVED_TRUNCATED));
                assertThat(observed.event().flags()).as("%s", observed.event()).contains(EventFlag.DETACHED);
                Violation.unless(
                        "R2.15",
                        () -> assertThat(observed.open().path().integrity())
                                .as("nothing leads to the file")
                                .isNotEqualTo(Integrity.MATCH));
            } finally {
                if (hasFile) {
                    in(scenario, "unlink", FILE);
                }
                // The absolute path is too long for rmdir(2).
                for (; depth > 0; depth--) {
                    in(scenario, "chdir", "..");
                    in(scenario, "rmdir", COMPONENT);
                }
            }
        }
    }

    /** Returns whether another argument may have been at its place when the kernel read it. */
    private static boolean isUncertain(SyscallEvent event) {
        Provenance provenance = event instanceof ConnectEvent connect
                ? connect.address().provenance()
                : ((OpenEvent) event).path().provenance();
        return provenance != Provenance.KERNEL;
    }

    private static void goToOldRoot(Scenario scenario, boolean stay) {
        try {
            scenario.actor().ask(Command.of("oldroot").with("keep", ROOT).with("stay", stay ? 1 : 0));
        } catch (ActorException e) {
            throw new NotPlayed(e.unsupported().orElseThrow(() -> e));
        }
    }

    private static void mount(Scenario scenario) {
        try {
            scenario.actor()
                    .ask(Command.of("mount")
                            .with("from", scenario.scratch().bytes(SOURCE))
                            .with("to", scenario.scratch().bytes(MOUNTPOINT)));
        } catch (ActorException e) {
            throw new NotPlayed(e.unsupported().orElseThrow(() -> e));
        }
    }

    private static void rename(Scenario scenario, String from, String to) {
        scenario.actor()
                .ask(Command.of("rename")
                        .with("from", scenario.scratch().bytes(from))
                        .with("to", scenario.scratch().bytes(to)));
    }

    private static void in(Scenario scenario, String verb, String path) {
        scenario.actor().ask(Command.of(verb).with("path", ByteString.utf8(path)));
    }
}
