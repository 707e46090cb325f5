// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Call;
import dev.unraced.event.Caller;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScriptComparisonTest {
    private static final Capabilities COMPLETE = Capabilities.complete();
    private static final EventNormaliser NORMALISER = new EventNormaliser(ByteString.utf8("/tmp/unraced1"));

    @Test
    void leavesOutWhatDiffersInEveryRun() {
        OpenEvent open = (OpenEvent) NORMALISER.normalise(open("/tmp/unraced1/file", 42, Integrity.MATCH), 1);
        assertThat(open.path().value()).isEqualTo(ByteString.utf8("$DIR/file"));
        assertThat(open.file()).contains(new OpenedFile(ByteString.utf8("$DIR/file"), 0, 0, 0, false));
        assertThat(open.caller().tid()).isEqualTo(1);
        assertThat(open.call().exitNanos()).isZero();

        ByteString inet = SocketAddresses.loopback(40_000);
        ConnectEvent connect = (ConnectEvent) NORMALISER.normalise(connect(inet), 2);
        assertThat(connect.address().value().port()).isEqualTo(65_535);
        assertThat(connect.socket().flatMap(ConnectedSocket::remote).map(Sockaddr::port))
                .contains(65_535);
        ByteString unix = SocketAddresses.unix("/tmp/unraced1/s");
        ConnectEvent toPath = (ConnectEvent) NORMALISER.normalise(connect(unix), 2);
        assertThat(toPath.addrlen()).isEqualTo("$DIR/s".length() + 3);
        assertThat(toPath.address().value().unixPath()).contains(ByteString.utf8("$DIR/s"));
    }

    @Test
    void saysWhereTwoRunsDiffer() {
        ScriptRun one = run("one", open("/a", 1, Integrity.MATCH), open("/b", 1, Integrity.MATCH));
        assertThat(differences(one, run("two", open("/a", 2, Integrity.MATCH), open("/b", 3, Integrity.MATCH))))
                .isEmpty();
        assertThat(differences(one, run("two", open("/a", 1, Integrity.MATCH), open("/c", 1, Integrity.MATCH))))
                .singleElement()
                .asString()
                .startsWith("thread 1, event 2:\n  one: ")
                .contains("/b", "\n  two: ", "/c");
        assertThat(differences(one, run("two", open("/a", 1, Integrity.MATCH))))
                .singleElement()
                .asString()
                .contains("two: no event");
    }

    @Test
    void comparesNothingThatOneOfTheTwoDoesNotReport() {
        ScriptRun matched = run("one", open("/a", 1, Integrity.MATCH), connect(SocketAddresses.loopback(9)));
        ScriptRun unchecked = run("two", open("/a", 1, Integrity.UNCHECKED));
        assertThat(differences(matched, unchecked)).hasSize(2);
        Capabilities lacking =
                COMPLETE.without(Integrity.MATCH, "cannot").without(Syscall.CONNECT, "blind to connects");
        assertThat(ScriptComparison.differences(matched, COMPLETE, unchecked, lacking))
                .isEmpty();
        assertThat(ScriptComparison.differences(unchecked, lacking, matched, COMPLETE))
                .isEmpty();

        ScriptRun elsewhere = run("two", open("/a", 1, Integrity.MATCH, "/real"));
        ScriptRun here = run("one", open("/a", 1, Integrity.MATCH, "/a"));
        assertThat(differences(here, elsewhere)).hasSize(1);
        assertThat(ScriptComparison.differences(
                        here, COMPLETE, elsewhere, COMPLETE.without(Feature.RESOLVED_PATH, "sees no paths")))
                .isEmpty();
    }

    @Test
    void refusesRunsOfDifferentScripts() {
        ScriptRun one = new ScriptRun("one", "some", List.of());
        ScriptRun other = new ScriptRun("other", "some", List.of());
        assertThatThrownBy(() -> differences(one, other)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> differences(ScriptRun one, ScriptRun other) {
        return ScriptComparison.differences(one, COMPLETE, other, COMPLETE);
    }

    private static ScriptRun run(String driver, SyscallEvent... events) {
        return new ScriptRun(
                "test",
                driver,
                List.of(events).stream()
                        .map(event -> NORMALISER.normalise(event, 1))
                        .toList());
    }

    private static OpenEvent open(String path, long inode, Integrity integrity) {
        return open(path, inode, integrity, path);
    }

    private static OpenEvent open(String path, long inode, Integrity integrity, String real) {
        return new OpenEvent(
                call(Syscall.OPENAT),
                caller(),
                Set.of(EventFlag.HAS_FILE),
                Linux.AT_FDCWD,
                new Argument<>(ByteString.utf8(path), Provenance.ENTER, integrity),
                new Argument<>(new OpenHow(0, 0, 0, 0), Provenance.KERNEL, Integrity.MATCH),
                Optional.of(new OpenedFile(ByteString.utf8(real), 8, 1, inode, false)));
    }

    private static ConnectEvent connect(ByteString address) {
        Sockaddr peer = new Sockaddr(address);
        return new ConnectEvent(
                call(Syscall.CONNECT),
                caller(),
                Set.of(EventFlag.HAS_SOCKET),
                5,
                new Argument<>(peer, Provenance.ENTER, Integrity.MATCH),
                address.length(),
                Optional.of(
                        new ConnectedSocket(peer.family(), Linux.SOCK_STREAM, 0, Optional.of(peer), Optional.of(peer))),
                Optional.empty());
    }

    private static Call call(Syscall syscall) {
        return Call.builder()
                .syscall(syscall)
                .mitigation(Mitigation.STASH)
                .enterNanos(5)
                .exitNanos(6)
                .source(1)
                .sequence(77)
                .result(3)
                .build();
    }

    private static Caller caller() {
        return Caller.builder()
                .tid(100)
                .tgid(100)
                .threadStartNanos(7)
                .parentTgid(1)
                .comm(ByteString.utf8("x"))
                .cgroupId(9)
                .mountNamespace(10)
                .pidNamespace(11)
                .build();
    }
}
