// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import java.util.HexFormat;

/** The answer to a command that succeeded. */
final class Answer {
    private final StringBuilder text = new StringBuilder("ok");

    Answer with(String key, Object value) {
        text.append(' ').append(key).append('=').append(value);
        return this;
    }

    Answer withBytes(String key, byte[] value) {
        return with(key, HexFormat.of().formatHex(value));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
