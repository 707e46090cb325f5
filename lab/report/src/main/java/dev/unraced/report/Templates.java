// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import dev.unraced.explorer.TextStyle;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Fills in the templates beside this class. All values are escaped: markup stays text, and characters that reorder or
 * hide text, such as control and bidirectional characters, become visible. An unknown name in a template is an error.
 */
final class Templates {
    private static final Mustache.Compiler COMPILER = Mustache.compiler()
            .withEscaper(text -> Escapers.HTML.escape(visible(text)))
            .withLoader(Templates::open)
            .emptyStringIsFalse(true)
            .strictSections(true);

    private Templates() {}

    static String render(String name, Object context) {
        try (Reader template = open(name)) {
            return COMPILER.compile(template).execute(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String visible(String text) {
        return Arrays.stream(text.replace("\t", "    ").split("\n", -1))
                .map(TextStyle.UTF_8::escape)
                .collect(Collectors.joining("\n"));
    }

    private static Reader open(String name) throws IOException {
        String file = name.contains(".") ? name : name + ".mustache";
        InputStream stream = Templates.class.getResourceAsStream(file);
        if (stream == null) {
            throw new FileNotFoundException(file);
        }
        return new InputStreamReader(stream, StandardCharsets.UTF_8);
    }
}
