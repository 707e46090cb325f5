// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Arrays;

/** An enum constant with its own number in the record, independent of its ordinal. */
interface Coded {

    /** Returns the number of this constant in a record; 0 to 255. */
    int code();

    /** Returns a table from code to constant, for lookups without allocation. */
    static <E extends Enum<E> & Coded> E[] table(E[] values, E[] empty) {
        int highest = 0;
        for (E value : values) {
            highest = Math.max(highest, value.code());
        }
        E[] table = Arrays.copyOf(empty, highest + 1);
        for (E value : values) {
            table[value.code()] = value;
        }
        return table;
    }

    /**
     * Returns the constant for a code.
     *
     * @throws IllegalArgumentException for a code that stands for no constant
     */
    static <E> E lookUp(E[] table, int code) {
        E value = code >= 0 && code < table.length ? table[code] : null;
        if (value == null) {
            throw new IllegalArgumentException("no constant has the code " + code);
        }
        return value;
    }

    /** Returns whether a code stands for a constant. */
    static boolean has(Object[] table, int code) {
        return code >= 0 && code < table.length && table[code] != null;
    }
}
