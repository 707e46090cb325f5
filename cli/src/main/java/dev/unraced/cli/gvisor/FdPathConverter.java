// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.gvisor.session.TraceConfig.FdPath;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a {@link FdPath}: the calls that show the file of an open. */
final class FdPathConverter implements ITypeConverter<FdPath> {

    @Override
    public FdPath convert(String value) {
        return Arrays.stream(FdPath.values())
                .filter(fdPath -> fdPath.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is none of "
                        + Arrays.stream(FdPath.values())
                                .map(fdPath -> fdPath.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }
}
