// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a process id. */
public final class ProcessIdConverter implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        try {
            int id = Integer.parseInt(value);
            if (id > 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // The message below says it.
        }
        throw new TypeConversionException("'" + value + "' is not a process id, which is a number above 0");
    }
}
