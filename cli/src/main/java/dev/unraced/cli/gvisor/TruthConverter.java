// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.gvisor.session.TraceConfig.Truth;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a {@link Truth}: the calls that show the file of an open. */
final class TruthConverter implements ITypeConverter<Truth> {

    @Override
    public Truth convert(String value) {
        return Arrays.stream(Truth.values())
                .filter(truth -> truth.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of "
                        + Arrays.stream(Truth.values())
                                .map(truth -> truth.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }
}
