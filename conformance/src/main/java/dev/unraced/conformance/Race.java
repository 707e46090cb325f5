// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.Taken.FileId;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.SyscallEvent;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls that a thread makes while another one works against them. Which of two versions the kernel took, the actor
 * knows of each call.
 */
final class Race {
    private final AttackField field;
    private final Command command;

    /**
     * A race that is yet to run.
     *
     * @param call which, as the protocol spells it
     * @param aim what the other thread does
     */
    Race(AttackField field, String call, String aim) {
        this(field, Command.of("race").with("name", call).with("aim", aim));
    }

    private Race(AttackField field, Command command) {
        this.field = field;
        this.command = command;
    }

    /** With another word for the actor. */
    Race with(String key, String value) {
        return new Race(field, command.with(key, value));
    }

    /** With another word for the actor. */
    Race with(String key, ByteString value) {
        return new Race(field, command.with(key, value));
    }

    /** With another process instead of a thread, which shares nothing with the caller but the memory. */
    Race byProcess() {
        return with("process", "1");
    }

    /** Between two files that exist. */
    void files(ByteString a, ByteString b) {
        run(a, b, Taken.file(a, id(a)), Taken.file(b, id(b)));
    }

    /** Between two peers that take any connection. */
    void peers(ByteString a, ByteString b) {
        run(a, b, Taken.peer(a), Taken.peer(b));
    }

    /** Between two arguments with which the call fails, each in its own way. */
    void failures(ByteString a, long errorOfA, ByteString b, long errorOfB) {
        with("error_a", Long.toString(errorOfA))
                .with("error_b", Long.toString(errorOfB))
                .run(a, b, Taken.nothing(a), Taken.nothing(b));
    }

    /**
     * Between any two versions.
     *
     * @param ifA what is true where the first one was taken
     */
    void run(ByteString a, ByteString b, Taken ifA, Taken ifB) {
        run(a, b, ifA, ifB, null);
    }

    /**
     * Between any two versions of an argument that is neither path nor address.
     *
     * @param argument the argument that is raced for
     */
    void run(ByteString a, ByteString b, Taken ifA, Taken ifB, @Nullable Function<SyscallEvent, Argument<?>> argument) {
        field.inBatches(command.with("a", a).with("b", b), (event, truth, i) -> {
            if (truth != 'a' && truth != 'b') {
                throw new AssertionError("the actor's part: call " + i + " took neither version: " + event);
            }
            Taken really = truth == 'a' ? ifA : ifB;
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
