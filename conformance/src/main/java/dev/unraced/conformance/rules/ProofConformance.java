// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.util.List;

/** Rules about how an argument compares with the object that the call acted on. */
@Requires(syscalls = Syscall.OPENAT)
public abstract class ProofConformance extends DriverConformance {
    private static final int DIRECTORY = 1;
    private static final int BUFFER = 1;

    private static final int CLIENT = 2;
    /** The depth of directories whose path, with its rest, exceeds the 4095 bytes of a path argument. */
    private static final int DEPTH = 17;

    private static final ByteString COMPONENT = ByteString.utf8("d".repeat(250));
    private static final ByteString FILE = ByteString.utf8("file");

    protected ProofConformance() {}

    @Rule("A resolved path that is too long keeps its tail, and says so")
    @Requires(features = {Feature.RESOLVED_PATH, Feature.RESOLVED_TAIL})
    public final void r02_21_aResolvedPathThatIsTooLongKeepsItsTail() {
        try (Scenario scenario = scenario().open()) {
            in(scenario.actor(), "chdir", ByteString.utf8(scenario.scratch().directory()));
            int depth = 0;
            boolean hasFile = false;
            try {
                for (; depth < DEPTH; depth++) {
                    in(scenario.actor(), "mkdir", COMPONENT);
                    in(scenario.actor(), "chdir", COMPONENT);
                }
                in(scenario.actor(), "file", FILE);
                hasFile = true;
                Observed observed = scenario.call(WatchedCall.openat(Pointer.to(FILE), Linux.O_RDONLY, 0));
                String real = scenario.scratch().path((COMPONENT.toUtf8() + "/").repeat(DEPTH) + "file");
                assertThat(observed.event().flags())
                        .as("the flags of a path that is too long")
                        .contains(EventFlag.RESOLVED_TRUNCATED);
                assertThat(observed.open().file().map(OpenedFile::path).map(ByteString::toUtf8))
                        .as("the tail of %s", real)
                        .hasValueSatisfying(path -> {
                            assertThat(path).as("the end of the path").endsWith("/file");
                            assertThat(real).as("the whole path").endsWith(path);
                        });
            } finally {
                if (hasFile) {
                    in(scenario.actor(), "unlink", FILE);
                }
                // The absolute path is too long for rmdir(2).
                for (; depth > 0; depth--) {
                    in(scenario.actor(), "chdir", ByteString.utf8(".."));
                    in(scenario.actor(), "rmdir", COMPONENT);
                }
            }
        }
    }

    @Rule("A snapshot does not match when a link or .. led to the file, and has not changed either")
    @Requires(provenances = Provenance.ENTER, mitigations = Mitigation.STASH)
    public final void r02_15_aSnapshotThroughALinkIsNoMatch() {
        try (Scenario scenario = stash().open()) {
            for (WatchedCall call : indirect(scenario)) {
                Observed observed = scenario.call(call);
                observed.outcome().requireSuccess("an open through a link or ..");
                Argument<ByteString> path = observed.open().path();
                if (path.provenance() != Provenance.KERNEL) {
                    assertThat(path.integrity()).as("%s", path.value()).isIn(Integrity.DIFFERS, Integrity.UNCHECKED);
                }
            }
        }
    }

    @Rule("A path matches when the file that was opened sits exactly there")
    @Requires(provenances = Provenance.ENTER, mitigations = Mitigation.STASH, integrities = Integrity.MATCH)
    public final void r02_36_anOrdinaryPathMatches() {
        try (Scenario scenario = stash().open()) {
            makeFiles(scenario);
            for (WatchedCall call : List.of(
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir/file")), 0, 0),
                    WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir")), 0, 0))) {
                assertThat(scenario.call(call).open().path().integrity())
                        .as("%s", call)
                        .isEqualTo(Integrity.MATCH);
            }
        }
    }

    @Rule("A snapshot that names a link differs from the file behind it")
    @Requires(provenances = Provenance.ENTER, mitigations = Mitigation.STASH, integrities = Integrity.DIFFERS)
    public final void r02_37_aSnapshotOfALinkDiffers() {
        try (Scenario scenario = stash().open()) {
            makeFiles(scenario);
            for (String link : List.of("link", "dirlink/file")) {
                Argument<ByteString> path = scenario.call(
                                WatchedCall.openat(Pointer.to(scenario.scratch().bytes(link)), Linux.O_RDONLY, 0))
                        .open()
                        .path();
                if (path.provenance() != Provenance.KERNEL) {
                    assertThat(path.integrity()).as("%s", path.value()).isEqualTo(Integrity.DIFFERS);
                }
            }
        }
    }

    @Rule("With integrity off, nothing is said of a path that is not the kernel's own copy")
    public final void r02_38_withoutIntegrityAPathIsUnchecked() {
        try (Scenario scenario =
                scenario().with(builder -> builder.integrity(false)).attack().open()) {
            makeFiles(scenario);
            for (String name : List.of("dir/file", "link", "missing")) {
                Argument<ByteString> path = scenario.call(
                                WatchedCall.openat(Pointer.to(scenario.scratch().bytes(name)), Linux.O_RDONLY, 0))
                        .open()
                        .path();
                assertUnchecked(name, path);
            }
            scenario.makeFifo("fifo");
            scenario.setBuffer(BUFFER, scenario.scratch().bytes("fifo"));
            Job job = scenario.block(WatchedCall.openat(Pointer.buffer(BUFFER), Linux.O_RDONLY, 0));
            scenario.setBuffer(BUFFER, scenario.scratch().bytes("fake"));
            scenario.finishReader("fifo", job);
            assertUnchecked("rewritten", ((OpenEvent) scenario.onlyEventOf(job.tid())).path());
        }
    }

    @Rule("With integrity off, nothing is said of an address that is not the kernel's own copy")
    @Requires(syscalls = Syscall.CONNECT)
    public final void r02_38_withoutIntegrityAnAddressIsUnchecked() {
        try (Scenario scenario =
                scenario().with(builder -> builder.integrity(false)).open()) {
            new Sockets(scenario.actor()).datagram(CLIENT, Linux.AF_INET);
            for (ByteString address : List.of(SocketAddresses.loopback(9), SocketAddresses.inet(9, 0, 0, 0, 0))) {
                ConnectEvent event = scenario.call(WatchedCall.connect("h:" + CLIENT, address))
                        .connect();
                assertUnchecked(address.toString(), event.address());
            }
        }
    }

    private static void assertUnchecked(String what, Argument<?> argument) {
        if (argument.provenance() != Provenance.KERNEL) {
            assertThat(argument.integrity()).as("R2.38: %s", what).isEqualTo(Integrity.UNCHECKED);
        }
    }

    private Scenario.Setup stash() {
        return scenario().mitigation(Mitigation.STASH);
    }

    /** Returns opens of files that do not lie literally where the path says. */
    private static List<WatchedCall> indirect(Scenario scenario) {
        makeFiles(scenario);
        scenario.call(WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir")), Linux.O_PATH, 0)
                .keep(DIRECTORY));
        return List.of(
                WatchedCall.openat(Pointer.to(scenario.scratch().bytes("link")), 0, 0),
                WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dirlink/file")), 0, 0),
                WatchedCall.openat(Pointer.to(scenario.scratch().bytes("dir/../dir/file")), 0, 0),
                WatchedCall.openat(Pointer.to("../link"), 0, 0).at("h:" + DIRECTORY),
                WatchedCall.openat(Pointer.to("../dir/file"), 0, 0).at("h:" + DIRECTORY));
    }

    private static void makeFiles(Scenario scenario) {
        scenario.makeDirectory("dir");
        scenario.makeFile("dir/file");
        scenario.makeSymlink("dir/file", "link");
        scenario.makeSymlink(scenario.scratch().path("dir"), "dirlink");
    }

    private static void in(Actor actor, String verb, ByteString path) {
        actor.ask(Command.of(verb).with("path", path));
    }
}
