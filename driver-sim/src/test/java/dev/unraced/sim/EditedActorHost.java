// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.ActorHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * A host whose actors hear other commands than the kit sends.
 *
 * @param commands edits a command, without its line break
 */
record EditedActorHost(ActorHost host, UnaryOperator<String> commands) implements ActorHost {

    @Override
    public CaptureConfigBuilder watched(CaptureConfigBuilder config) {
        return host.watched(config);
    }

    @Override
    public Conversation actor() {
        Conversation conversation = host.actor();
        OutputStream edited = new EditedCommands(conversation.commands(), commands);
        return new Conversation() {
            @Override
            public InputStream replies() {
                return conversation.replies();
            }

            @Override
            public OutputStream commands() {
                return edited;
            }

            @Override
            public void close() {
                conversation.close();
            }
        };
    }

    private static final class EditedCommands extends OutputStream {
        private final OutputStream out;
        private final UnaryOperator<String> edit;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        EditedCommands(OutputStream out, UnaryOperator<String> edit) {
            this.out = out;
            this.edit = edit;
        }

        @Override
        public void write(int octet) throws IOException {
            if (octet != '\n') {
                line.write(octet);
                return;
            }
            out.write(
                    (edit.apply(line.toString(StandardCharsets.US_ASCII)) + "\n").getBytes(StandardCharsets.US_ASCII));
            line.reset();
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
