// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a user id: a number, or a name, which the system resolves as {@code id -u} does. */
public final class UserConverter implements ITypeConverter<Long> {
    /** The kernel takes the next number, -1 of 32 bits, for no user. */
    private static final long LARGEST = 4_294_967_294L;

    @Override
    public Long convert(String value) throws IOException, InterruptedException {
        if (!value.isEmpty() && value.chars().allMatch(Character::isDigit)) {
            return number(value);
        }
        if (value.isEmpty() || value.startsWith("-")) {
            throw unknown(value);
        }
        // Users can come from elsewhere than /etc/passwd, which only the system's own resolver knows.
        Process id = new ProcessBuilder(List.of("id", "-u", "--", value))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String answer = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        if (id.waitFor() != 0) {
            throw unknown(value);
        }
        return number(answer);
    }

    private static Long number(String digits) {
        try {
            long id = Long.parseLong(digits);
            if (id <= LARGEST) {
                return id;
            }
        } catch (NumberFormatException e) {
            // The message below says it.
        }
        throw new TypeConversionException("'" + digits + "' is no user id; the largest is " + LARGEST);
    }

    private static TypeConversionException unknown(String value) {
        return new TypeConversionException("'" + value + "' is neither a user id nor the name of a user");
    }
}
