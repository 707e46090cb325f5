// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import com.google.common.collect.Iterators;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A conversation line by line with an answerer that runs on the writing thread. */
final class Lines {
    /** The end of the answers. */
    private static final byte[] END = {};

    private final UnaryOperator<String> answerer;
    private final LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(UnaryOperator<String> answerer) {
        this.answerer = answerer;
    }

    InputStream replies() {
        return new SequenceInputStream(Iterators.asEnumeration(new Answers()));
    }

    OutputStream commands() {
        return new Commands();
    }

    /** Ends the answers. */
    void end() {
        answers.add(END);
    }

    private void say(int character) {
        if (character != '\n') {
            line.write(character);
            return;
        }
        String said = line.toString(StandardCharsets.US_ASCII);
        line.reset();
        answers.add((answerer.apply(said) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private final class Commands extends OutputStream {
        @Override
        public void write(int character) {
            say(character);
        }

        @Override
        public void close() {
            end();
        }
    }

    /** The answers one after the other; a reader waits for each. */
    private final class Answers implements Iterator<InputStream> {
        /**
         * Null when the next answer has not been waited for. A stream opens its first part at once, so that is empty.
         */
        private byte @Nullable [] current = {};

        @Override
        public boolean hasNext() {
            if (current == null) {
                current = Uninterruptibles.takeUninterruptibly(answers);
            }
            return current != END;
        }

        @Override
        public InputStream next() {
            InputStream answer = new ByteArrayInputStream(Objects.requireNonNull(current));
            current = null;
            return answer;
        }
    }
}
