// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.linux.Errno;

/** Explains error numbers to the author of a test. */
final class ErrorText {
    private ErrorText() {}

    /**
     * Checks the result of a call.
     *
     * @param what what the author of the test asked for
     * @throws IllegalArgumentException when the result is a negated error number
     */
    static void check(String what, int result) {
        if (result < 0) {
            throw new IllegalArgumentException(what + ": " + of(-result));
        }
    }

    static String of(int error) {
        String name = Errno.nameOf(error).orElse("errno " + error);
        return switch (error) {
            case Errno.EEXIST -> "there is such a name already (" + name + ")";
            case Errno.ENOENT -> "there is no such name (" + name + ")";
            case Errno.EBADF -> "it is not open (" + name + ")";
            default -> name;
        };
    }
}
