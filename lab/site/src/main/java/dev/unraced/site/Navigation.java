// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BulletList;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;

/**
 * The menu. Its groups of guides are those of the list "Guides" on the first page; the reference and the decisions come
 * in the order of their indexes.
 */
final class Navigation {
    private static final Path FIRST = Path.of("README.md");
    private static final Path REFERENCE = Path.of("docs/reference/README.md");
    private static final Path DECISIONS = Path.of("docs/decisions/README.md");

    /** A group of the menu: documents by their source, or pages that other tools made by their place. */
    private final Map<String, Set<Path>> groups = new LinkedHashMap<>();

    private final Map<Path, Document> documents;
    private final Map<Path, String> made;
    private final Targets targets;

    /**
     * Makes the menu.
     *
     * @param documents all documents by their source
     * @param made pages that other tools made, by their place in the site, with their names
     */
    Navigation(Map<Path, Document> documents, Map<Path, String> made, Targets targets) {
        this.documents = documents;
        this.made = made;
        this.targets = targets;
        guides();
        Set<Path> named = new LinkedHashSet<>();
        groups.values().forEach(named::addAll);
        groups.put("Reference", below(REFERENCE));
        groups.put("Decisions", below(DECISIONS));
        groups.values().forEach(named::addAll);
        Set<Path> others = new LinkedHashSet<>(documents.keySet());
        others.removeAll(named);
        others.remove(FIRST);
        groups.put("Project", others);
    }

    private void guides() {
        Document first = documents.get(FIRST);
        if (first == null) {
            return;
        }
        Node node = first.sections().stream()
                .filter(section -> section.title().equals("Guides"))
                .findFirst()
                .<Node>map(Document.Section::node)
                .orElse(null);
        while (node != null && !(node instanceof BulletList)) {
            node = node.getNext();
        }
        for (Node item = node == null ? null : node.getFirstChild(); item != null; item = item.getNext()) {
            if (item instanceof ListItem) {
                String name = Document.text(item).replaceFirst(":.*", "");
                groups.put(name, linked(first, item));
            }
        }
    }

    private Set<Path> linked(Document document, Node within) {
        Set<Path> found = new LinkedHashSet<>();
        within.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                Path file =
                        targets.file(document.source(), link.getDestination().replaceFirst("#.*", ""));
                if (file != null && documents.containsKey(file)) {
                    found.add(file);
                }
            }
        });
        return found;
    }

    /** Returns an index and its neighbours, in the order in which the index links them. */
    private Set<Path> below(Path index) {
        Set<Path> found = new LinkedHashSet<>();
        Document document = documents.get(index);
        if (document != null) {
            found.add(index);
            linked(document, document.root()).stream()
                    .filter(file -> index.getParent().equals(file.getParent()))
                    .forEach(found::add);
        }
        return found;
    }

    /** An entry as a page shows it. */
    record Entry(String name, String link, boolean isCurrent) {}

    /** A group as a page shows it; a group that is not open shows its name alone. */
    record Group(String name, boolean isOpen, List<Entry> entries) {}

    /** Returns the menu as a page of the site shows it. */
    List<Group> of(Path page) {
        List<Group> shown = new ArrayList<>();
        groups.forEach((name, files) -> {
            List<Entry> entries = new ArrayList<>();
            for (Path file : files) {
                Document document = documents.get(file);
                if (document != null) {
                    Path place = targets.page(file);
                    entries.add(new Entry(document.title(), Targets.relative(page, place), place.equals(page)));
                }
            }
            boolean isLong = name.equals("Reference") || name.equals("Decisions") || name.equals("Project");
            addUnlessEmpty(shown, name, !isLong || entries.stream().anyMatch(Entry::isCurrent), entries);
        });
        List<Entry> others = new ArrayList<>();
        made.forEach((place, name) -> others.add(new Entry(name, Targets.relative(page, place), false)));
        addUnlessEmpty(shown, "Made by the build", true, others);
        return shown;
    }

    private static void addUnlessEmpty(Collection<Group> groups, String name, boolean isOpen, List<Entry> entries) {
        if (!entries.isEmpty()) {
            groups.add(new Group(name, isOpen, entries));
        }
    }
}
