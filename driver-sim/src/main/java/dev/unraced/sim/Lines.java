// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** A conversation line by line with an answerer that runs on the writing thread. */
final class Lines {
    private static final int END = -1;

    private final UnaryOperator<String> answerer;
    private final LinkedBlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(UnaryOperator<String> answerer) {
        this.answerer = answerer;
    }

    InputStream replies() {
        return new Replies();
    }

    OutputStream commands() {
        return new Commands();
    }

    /** Ends the answers. */
    void end() {
        answers.add(new byte[0]);
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

    private final class Replies extends InputStream {
        private byte[] current = {};
        private int at;
        private boolean ended;

        @Override
        public int read() throws IOException {
            return fill() ? current[at++] & 0xff : END;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return END;
            }
            int count = Math.min(length, current.length - at);
            System.arraycopy(current, at, target, from, count);
            at += count;
            return count;
        }

        @Override
        public int available() {
            return current.length - at;
        }

        private boolean fill() throws IOException {
            try {
                while (!ended && at == current.length) {
                    current = answers.take();
                    at = 0;
                    ended = current.length == 0;
                }
                return !ended;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
