// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntryFieldsTest {
    private final EntryFields fields = new EntryFields(64);
    private final ArgStash stash = new HashArgStash(4, 64);

    /** The owner of some fields. */
    private static final class Facts {
        long nanos;
        int flags;
        int length;
        int code;
        boolean isKnown;
        final byte[] path = new byte[8];

        void pass(EntryFields fields) {
            nanos = fields.pass(nanos);
            flags = fields.pass(flags);
            code = fields.passByte(code);
            isKnown = fields.pass(isKnown);
            length = fields.passShort(length);
            fields.pass(path, Math.max(0, length));
        }
    }

    @Test
    void whatIsWrittenAtTheEntryIsReadAtTheReturn() {
        Facts entry = new Facts();
        entry.nanos = Long.MIN_VALUE + 1;
        entry.flags = -2;
        entry.code = 255;
        entry.isKnown = true;
        entry.length = 3;
        entry.path[2] = 7;
        entry.pass(fields.write());
        assertThat(stash.put(1, 2, 3, fields.written())).isEqualTo(ArgStash.Put.STORED);

        Facts exit = new Facts();
        assertThat(stash.take(1, 2, 3, fields.room())).isEqualTo(8 + 4 + 1 + 1 + 2 + 3);
        exit.pass(fields.read());
        assertThat(exit).usingRecursiveComparison().isEqualTo(entry);
    }

    @Test
    void aShortKeepsItsSign() {
        Facts entry = new Facts();
        entry.length = -1;
        entry.pass(fields.write());
        stash.put(1, 2, 3, fields.written());

        Facts exit = new Facts();
        stash.take(1, 2, 3, fields.room());
        exit.pass(fields.read());
        assertThat(exit.length).isEqualTo(-1);
    }
}
