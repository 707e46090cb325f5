// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import java.util.List;
import java.util.Map.Entry;

/** The names of the bits of a word, in the order in which they are shown. */
final class Bits {
    private final byte[][] names;
    private final long[] masks;

    /** Makes the names from pairs of name and mask; a mask of several bits comes before the masks that it contains. */
    Bits(List<Entry<String, Long>> pairs) {
        names = pairs.stream().map(Entry::getKey).map(LineBuffer::ascii).toArray(byte[][]::new);
        masks = pairs.stream().mapToLong(Entry::getValue).toArray();
    }

    /** Appends {@code |A|B} for every bit that is set; bits without a name follow together in hexadecimal. */
    void text(LineBuffer out, long word) {
        long rest = word;
        for (int i = 0; rest != 0 && i < names.length; i++) {
            if ((rest & masks[i]) == masks[i]) {
                out.put('|').put(names[i]);
                rest &= ~masks[i];
            }
        }
        if (rest != 0) {
            out.put("|0x").putHex(rest);
        }
    }

    /** Appends the same as elements of a JSON array; without a comma before the first when {@code first}. */
    void json(LineBuffer out, long word, boolean first) {
        boolean comma = !first;
        long rest = word;
        for (int i = 0; rest != 0 && i < names.length; i++) {
            if ((rest & masks[i]) == masks[i]) {
                out.put(comma ? ",\"" : "\"").put(names[i]).put('"');
                comma = true;
                rest &= ~masks[i];
            }
        }
        if (rest != 0) {
            out.put(comma ? ",\"0x" : "\"0x").putHex(rest).put('"');
        }
    }
}
