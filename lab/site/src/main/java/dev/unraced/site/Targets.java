// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where in the site a file or folder of the tree stands. Paths are relative, to the tree or to the site. */
final class Targets {
    /** The folder of the site with a page for each file that is no document. */
    static final String SOURCE = "source";

    private final Path tree;

    Targets(Path tree) {
        this.tree = tree.toAbsolutePath().normalize();
    }

    static boolean isElsewhere(String link) {
        return link.matches("(?i)[a-z][a-z0-9+.-]*:.*|//.*");
    }

    static boolean isDocument(Path file) {
        return file.toString().endsWith(".md");
    }

    static boolean isPicture(Path file) {
        return file.toString().matches(".*\\.(svg|png)");
    }

    /**
     * Returns the file that a link leads to: a folder's README.md instead of the folder. Returns null if there is no
     * such file in the tree.
     */
    @Nullable
    Path file(Path document, String link) {
        Path target = tree.resolve(document).resolveSibling(link).normalize();
        if (!target.startsWith(tree) || !Files.exists(target)) {
            return null;
        }
        Path readme = target.resolve("README.md");
        return tree.relativize(Files.exists(readme) ? readme : target);
    }

    /** Returns the page of a file or folder. */
    Path page(Path file) {
        String name = file.toString();
        if (isDocument(file)) {
            return Path.of(name.replaceFirst("(^|/)README\\.md$", "$1index.md").replaceFirst("\\.md$", ".html"));
        }
        if (isPicture(file)) {
            return file;
        }
        Path source = Path.of(SOURCE).resolve(name);
        return Files.isDirectory(tree.resolve(file))
                ? source.resolve("index.html")
                : source.resolveSibling(source.getFileName() + ".html");
    }

    /** Returns the link from a page to another one. */
    static String relative(Path from, Path to) {
        Path folder = from.getParent();
        return (folder == null ? to : folder.relativize(to)).toString();
    }
}
