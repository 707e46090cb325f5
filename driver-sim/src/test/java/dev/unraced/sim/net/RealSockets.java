// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Stream;

/** The real half of the comparison: sockets of the actor, which works in the given directory. */
final class RealSockets implements AutoCloseable {
    private static final int FIRST_ACCEPTED = 100;

    private static final int PATIENCE_MILLIS = 5_000;

    private final Actor actor;
    private final Path directory;
    private final String suffix;
    private int sockets;
    private int accepted;

    RealSockets(Actor actor, Path directory) {
        this.actor = actor;
        this.directory = directory;
        this.suffix = "-%07d".formatted(actor.tgid());
    }

    /** A suffix that distinguishes the actor's abstract names from others on this machine. */
    String suffix() {
        return suffix;
    }

    static ByteString bytes(String text) {
        return ByteString.utf8(text);
    }

    void socket(int id, int family, int type, boolean nonblocking) {
        actor.ask(Command.of("socket")
                .with("id", id)
                .with("family", family)
                .with("type", type)
                .with("nonblock", nonblocking ? 1 : 0));
        sockets = Math.max(sockets, id + 1);
    }

    String bind(int id, Target target) {
        return done(Command.of("bind").with("fd", "h:" + id).with("address", address(target)));
    }

    String listen(int id, int backlog) {
        return done(Command.of("listen").with("fd", "h:" + id).with("backlog", backlog));
    }

    String accept(int id) {
        return done(Command.of("accept").with("fd", "h:" + id).with("keep", FIRST_ACCEPTED + accepted++));
    }

    /** Makes a connect that does not wait. */
    String connect(int id, Target target) {
        int job = actor.ask(connect("start", id, target)).integer("job");
        return actor.askPatiently(Command.of("wait").with("job", job).with("millis", PATIENCE_MILLIS))
                .map(reply -> ComparableAnswers.result(reply.integer("result")))
                .orElse("it waits");
    }

    /** Makes a connect that a signal interrupts once it waits. */
    String interruptedConnect(int id, Target target) {
        int job = actor.ask(connect("start", id, target)).integer("job");
        actor.ask(Command.of("blocked").with("job", job));
        actor.ask(Command.of("signal").with("job", job));
        return ComparableAnswers.result(
                actor.ask(Command.of("wait").with("job", job)).integer("result"));
    }

    String names(int id) {
        Reply reply = actor.ask(Command.of("names").with("fd", "h:" + id));
        return ComparableAnswers.name(reply.bytes("local").orElseThrow(), suffix) + " to "
                + reply.bytes("peer")
                        .map(name -> ComparableAnswers.name(name, suffix))
                        .orElse("nobody");
    }

    private Command connect(String verb, int id, Target target) {
        ByteString address = address(target);
        return Command.of(verb)
                .with("name", "connect")
                .with("fd", "h:" + id)
                .with("address", address.isEmpty() ? "null" : "hex:" + hex(address))
                .with("addrlen", address.length());
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private ByteString address(Target target) {
        return ByteString.copyOf(target.bytes(this::port, suffix));
    }

    private int port(int id) {
        Reply reply = actor.ask(Command.of("names").with("fd", "h:" + id));
        return Math.max(0, reply.bytes("local").map(Sockaddr::new).orElseThrow().port());
    }

    private String done(Command command) {
        try {
            actor.ask(command);
            return "0";
        } catch (ActorException e) {
            return ComparableAnswers.failure(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < sockets; i++) {
            actor.ask(Command.of("close").with("id", i));
        }
        for (int i = 0; i < accepted; i++) {
            actor.ask(Command.of("close").with("id", FIRST_ACCEPTED + i));
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("file")) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
