// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import dev.unraced.linux.Errno;

/** Explains error numbers to the author of a test. */
final class ErrorText {
    private ErrorText() {}

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
