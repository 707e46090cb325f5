// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.sizing.Preset;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a preset, such as {@code container-host}. */
final class PresetConverter implements ITypeConverter<Preset> {

    @Override
    public Preset convert(String value) {
        return Arrays.stream(Preset.values())
                .filter(preset -> preset.label().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is no preset; there are "
                        + Arrays.stream(Preset.values()).map(Preset::label).collect(Collectors.joining(", "))));
    }
}
