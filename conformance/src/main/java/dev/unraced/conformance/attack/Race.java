// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.SyscallEvent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls that one thread makes while another works against them. The actor knows for each call which of two versions the
 * kernel took.
 */
final class Race {
    private final AttackField field;
    private final Command command;
    private final Moment moment;

    /**
     * Prepares a race.
     *
     * @param call the call's name in the protocol
     * @param aim the other thread's action, as the protocol names it
     */
    Race(AttackField field, String call, String aim) {
        this(field, Command.of("race").with("name", call).with("aim", aim), Moment.of(aim));
    }

    private Race(AttackField field, Command command, Moment moment) {
        this.field = field;
        this.command = command;
        this.moment = moment;
    }

    /** The moment at which the other thread acts. */
    private enum Moment {
        /** Any moment, so a round is known to be won when the kernel took the second version. */
        ANY,
        /** A moment at which the call waits for the other thread, so each round is won. */
        WITHIN_THE_CALL,
        /** The moment behind the call's return, so there is no race to win. */
        AFTER_THE_CALL;

        static Moment of(String aim) {
            return switch (aim) {
                case "fuse" -> WITHIN_THE_CALL;
                case "late" -> AFTER_THE_CALL;
                default -> ANY;
            };
        }
    }

    /** Returns the same race with one more word for the actor. */
    Race with(String key, String value) {
        return new Race(field, command.with(key, value), moment);
    }

    /** Returns the same race with one more word for the actor. */
    Race with(String key, ByteString value) {
        return new Race(field, command.with(key, value), moment);
    }

    /** Returns the same race by a process instead of a thread, which shares only the memory with the caller. */
    Race byProcess() {
        return with("process", "1");
    }

    /** Runs the race between two files that exist. */
    void files(ByteString a, ByteString b) {
        run(a, b, KernelOutcome.file(a, id(a)), KernelOutcome.file(b, id(b)));
    }

    /** Runs the race between two peers that take any connection. */
    void peers(ByteString a, ByteString b) {
        run(a, b, KernelOutcome.peer(a), KernelOutcome.peer(b));
    }

    /** Runs the race between two arguments with which the call fails, each with its own error. */
    void failures(ByteString a, long errorOfA, ByteString b, long errorOfB) {
        with("error_a", Long.toString(errorOfA))
                .with("error_b", Long.toString(errorOfB))
                .run(a, b, KernelOutcome.nothing(a), KernelOutcome.nothing(b));
    }

    /**
     * Runs the race between any two versions.
     *
     * @param ifA the outcome when the kernel took the first version
     */
    void run(ByteString a, ByteString b, KernelOutcome ifA, KernelOutcome ifB) {
        run(a, b, ifA, ifB, null);
    }

    /**
     * Runs the race between two versions of an argument that is neither path nor address.
     *
     * @param argument the argument that is raced for
     */
    void run(
            ByteString a,
            ByteString b,
            KernelOutcome ifA,
            KernelOutcome ifB,
            @Nullable Function<SyscallEvent, Argument<?>> argument) {
        field.inBatches(command.with("a", a).with("b", b), (event, letter, i) -> {
            if (letter != 'a' && letter != 'b') {
                throw new ActorException("the actor's part failed: call " + i + " took neither version: " + event);
            }
            if (moment != Moment.AFTER_THE_CALL) {
                field.won(1, moment == Moment.WITHIN_THE_CALL || letter == 'b' ? 1 : 0);
            }
            KernelOutcome really = letter == 'a' ? ifA : ifB;
            if (argument == null) {
                field.tally().judge(event, really);
            } else {
                field.tally().judge(event, argument.apply(event), really);
            }
        });
    }

    private FileId id(ByteString path) {
        return FileId.of(field.actor().ask(Command.of("stat").with("path", path)));
    }
}
