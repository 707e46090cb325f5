// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileModeTest {

    @ParameterizedTest
    @CsvSource({"000, ---------", "640, rw-r-----", "777, rwxrwxrwx", "124, --x-w-r--", "4600, rw-------"})
    void octalDigitsAreThoseOfChmod(String octal, String permissions) {
        assertThat(PosixFilePermissions.toString(FileMode.permissions(Integer.parseInt(octal, 8))))
                .isEqualTo(permissions);
    }
}
