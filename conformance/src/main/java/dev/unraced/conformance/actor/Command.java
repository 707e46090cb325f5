// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.event.ByteString;
import java.util.HexFormat;

/** One line to the actor. Immutable. */
public final class Command {
    private final String line;

    private Command(String line) {
        this.line = line;
    }

    public static Command of(String verb) {
        return new Command(verb);
    }

    public Command with(String key, String value) {
        return new Command(line + " " + key + "=" + value);
    }

    public Command with(String key, long value) {
        return with(key, Long.toString(value));
    }

    /** Returns this command with one more word, whose value is bytes as hexadecimal digits. */
    public Command with(String key, ByteString value) {
        return with(key, HexFormat.of().formatHex(value.toByteArray()));
    }

    /** Returns the line without its end. */
    public String line() {
        return line;
    }

    @Override
    public String toString() {
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }
}
