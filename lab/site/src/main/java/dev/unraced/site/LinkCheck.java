// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Looks for the target of each link in finished pages, as a browser would. */
final class LinkCheck {
    private static final Pattern LINK = Pattern.compile("\\s(?:href|src)=\"([^\"]*)\"");
    private static final Pattern ID = Pattern.compile("\\sid=\"([^\"]*)\"");
    /** Links that a page loads by itself; these must not lead elsewhere. */
    private static final Pattern LOADED = Pattern.compile(
            "<(?:img|script|iframe|source|use|image)\\b[^>]*\\b(?:href|src)=\"([^\"]*)\"|<link\\b[^>]*\\bhref=\"([^\"]*)\"|url\\(([^)]*)\\)|@import\\b(.*)");

    private final Path site;
    private final Map<Path, Set<String>> ids = new HashMap<>();
    private final Set<String> elsewhere = new TreeSet<>();
    private final List<String> broken = new ArrayList<>();
    private int links;

    LinkCheck(Path site) {
        this.site = site;
    }

    /** Checks a page, given by its path within the site. */
    void check(Path page) throws IOException {
        String html = Files.readString(site.resolve(page));
        LOADED.matcher(html)
                .results()
                .map(match -> match.group().replace("&amp;", "&"))
                .filter(loaded -> loaded.matches("(?s).*(?:=\"|\\(['\"]?|import\\s+['\"]?)(?:[a-z]+:)?//.*"))
                .forEach(loaded -> broken.add(page + ": asks another host: " + loaded));
        for (String link : LINK.matcher(html)
                .results()
                .map(match -> match.group(1).replace("&amp;", "&"))
                .filter(link -> !link.startsWith("data:"))
                .toList()) {
            if (Targets.isElsewhere(link)) {
                elsewhere.add(link);
            } else {
                links++;
                if (!leadsSomewhere(page, link)) {
                    broken.add(page + ": leads nowhere: " + link);
                }
            }
        }
    }

    private boolean leadsSomewhere(Path page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? page
                : page.resolveSibling(parts[0].replace("%20", " ")).normalize();
        Path file = site.resolve(target);
        if (!file.normalize().startsWith(site.normalize()) || !Files.isRegularFile(file)) {
            return false;
        }
        return parts.length == 1 || parts[1].isEmpty() || ids(target).contains(parts[1]);
    }

    private Set<String> ids(Path page) throws IOException {
        Set<String> known = ids.get(page);
        if (known == null) {
            known = ID.matcher(Files.readString(site.resolve(page)))
                    .results()
                    .map(match -> match.group(1))
                    .collect(Collectors.toSet());
            ids.put(page, known);
        }
        return known;
    }

    int links() {
        return links;
    }

    int elsewhere() {
        return elsewhere.size();
    }

    List<String> broken() {
        return broken;
    }
}
