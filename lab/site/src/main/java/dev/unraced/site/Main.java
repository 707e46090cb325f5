// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import dev.unraced.site.picture.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the site. */
@Command(
        name = "packaging/site",
        header = "Make a static site of the documents, and check its links.",
        mixinStandardHelpOptions = true,
        footer = "%nExit codes: 0 success, 1 a link leads nowhere, 2 wrong command line.")
final class Main implements Callable<Integer> {
    @Option(names = "--tree", defaultValue = ".", description = "The source tree (default: here).")
    private Path tree = Path.of(".");

    @Option(
            names = "--out",
            defaultValue = "target/site",
            description = "The folder to write, which is emptied before (default: target/site).")
    private Path out = Path.of("target/site");

    @Option(names = "--report", paramLabel = "FILE", description = "A page that 'unraced lab report' made.")
    private @Nullable Path report;

    @Option(names = "--pictures", description = "Draw the pictures of the documents anew, into docs/pictures.")
    private boolean pictures;

    /** Exits with the code of the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (pictures) {
            for (Map.Entry<String, String> picture : Pictures.all(tree).entrySet()) {
                Files.writeString(tree.resolve("docs/pictures").resolve(picture.getKey()), picture.getValue());
            }
        }
        SiteResult result = new Site(tree, out, report).write();
        List<String> broken = result.broken();
        broken.forEach(line -> System.err.println("site: " + line));
        System.out.printf(
                "site: %d documents, %d files, %d links within, %d to elsewhere, %d broken: %s%n",
                result.documents(),
                result.files(),
                result.links(),
                result.elsewhere(),
                broken.size(),
                out.resolve("index.html"));
        return broken.isEmpty() ? 0 : 1;
    }
}
