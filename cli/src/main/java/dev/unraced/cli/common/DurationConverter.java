// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration: {@code 5}, {@code 5s}, {@code 500ms}, {@code 2m}, {@code 1h}. */
public final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    @Override
    public Duration convert(String value) {
        Matcher match = FORM.matcher(value);
        if (!match.matches()) {
            throw new TypeConversionException("'" + value + "' is not a duration such as 5, 5s, 500ms, 2m or 1h");
        }
        long number = Long.parseLong(match.group(1));
        String unit = match.group(2);
        return switch (unit == null ? "s" : unit) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }
}
