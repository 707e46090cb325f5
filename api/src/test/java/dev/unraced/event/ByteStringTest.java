// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteStringTest {

    @Test
    void sharesItsBytesWithNobody() {
        byte[] bytes = {1, 2, 3};
        ByteString string = ByteString.copyOf(bytes);
        bytes[0] = 9;
        string.toByteArray()[1] = 9;

        assertThat(string.toByteArray()).isEqualTo(new byte[] {1, 2, 3});
    }

    @Test
    void losesNoByte() {
        byte[] all = everyByte();
        ByteString string = ByteString.copyOf(all);

        assertThat(string.length()).isEqualTo(256);
        assertThat(string.toByteArray()).isEqualTo(all);
        for (int i = 0; i < all.length; i++) {
            assertThat(string.byteAt(i)).isEqualTo(all[i]);
        }
    }

    @Test
    void knowsTheEmptyOne() {
        assertThat(ByteString.copyOf(new byte[0])).isSameAs(ByteString.EMPTY);
        assertThat(ByteString.utf8("")).isSameAs(ByteString.EMPTY);
        assertThat(ByteString.EMPTY.isEmpty()).isTrue();
        assertThat(ByteString.EMPTY.length()).isZero();
        assertThat(ByteString.EMPTY).hasToString("");
        assertThat(ByteString.utf8("a").isEmpty()).isFalse();
    }

    @Test
    void refusesIndexesThatAreNone() {
        ByteString string = ByteString.utf8("ab");

        assertThatThrownBy(() -> string.byteAt(2)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
        assertThatThrownBy(() -> string.byteAt(-1)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
    }

    @Test
    void equalsByBytes() {
        assertThat(ByteString.utf8("ab")).isEqualTo(ByteString.copyOf(new byte[] {'a', 'b'}));
        assertThat(ByteString.utf8("ab")).hasSameHashCodeAs(ByteString.copyOf(new byte[] {'a', 'b'}));
        assertThat(ByteString.utf8("ab")).isNotEqualTo(ByteString.utf8("ac"));
        assertThat(ByteString.utf8("ab").equals((Object) "ab")).isFalse();
    }

    @Test
    void isComparedAsAViewIs() {
        ByteString text = ByteString.utf8("abc");
        assertThat(text.contentEquals(ByteString.utf8("abc"))).isTrue();
        assertThat(text.contentEquals(ByteString.utf8("abd"))).isFalse();
        assertThat(text.startsWith(ByteString.EMPTY)).isTrue();
        assertThat(text.startsWith(ByteString.utf8("ab"))).isTrue();
        assertThat(text.startsWith(ByteString.utf8("abcd"))).isFalse();
        assertThat(text.startsWith(ByteString.utf8("bc"))).isFalse();
        assertThat(text.startsWith(ByteString.utf8("bc"), 1)).isTrue();
        assertThat(text.startsWith(ByteString.utf8("c"), 3)).isFalse();
        assertThat(text.startsWith(ByteString.EMPTY, 3)).isTrue();
        assertThat(text.startsWith(ByteString.EMPTY, 4)).isFalse();
    }

    @Test
    void ordersByUnsignedBytes() {
        assertThat(ByteString.utf8("a")).isLessThan(ByteString.utf8("b"));
        assertThat(ByteString.utf8("a")).isLessThan(ByteString.utf8("aa"));
        assertThat(ByteString.utf8("z")).isLessThan(ByteString.copyOf(new byte[] {(byte) 0x80}));
        assertThat(ByteString.EMPTY).isEqualByComparingTo(ByteString.utf8(""));
    }

    @Test
    void escapesAllButPrintableAscii() {
        assertThat(ByteString.utf8("a b~/é\n\\\u001b[31m\u007f"))
                .hasToString("a b~/\\xc3\\xa9\\x0a\\x5c\\x1b[31m\\x7f");
    }

    @Test
    void escapedTextHoldsEveryByte() {
        String text = ByteString.copyOf(everyByte()).escaped();
        byte[] back = new byte[256];
        int count = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            assertThat(c).isBetween(' ', '~');
            if (c == '\\') {
                back[count++] = (byte) Integer.parseInt(text.substring(i + 2, i + 4), 16);
                i += 3;
            } else {
                back[count++] = (byte) c;
            }
        }
        assertThat(count).isEqualTo(256);
        assertThat(back).isEqualTo(everyByte());
    }

    @Test
    void decodesForReadingOnly() {
        assertThat(ByteString.utf8("é").toUtf8()).isEqualTo("é");
        assertThat(ByteString.copyOf(new byte[] {'a', (byte) 0xff}).toUtf8()).isEqualTo("a\ufffd");
    }

    private static byte[] everyByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return all;
    }
}
