// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.results;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Says in a line for each driver whether its conformance tests ran on this machine, and which of them failed or were
 * skipped, by Surefire's reports; after that, which other tests failed. It needs only the JDK, so {@code lab/tests}
 * runs it from its source, which works where the tree does not build.
 */
final class TestSummary {
    /** The words before an assumption's reason, in the text of a skipped test. */
    private static final String ABORTED = "TestAbortedException: ";

    private static final String PREFIX = "driver-";
    private static final String INDENT = " ".repeat(13);

    /** A failure's message is cut after so many characters. */
    private static final int LONGEST = 400;

    private int cases;
    private int skipped;
    private final List<String> failed = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();
    private final Map<String, Integer> reasons = new TreeMap<>();

    private TestSummary() {}

    /**
     * Prints the summary.
     *
     * @param args the folders of modules; those without conformance tests are named only where a test failed
     */
    public static void main(String[] args) throws IOException {
        print(Stream.of(args).map(Path::of).toList(), System.out);
    }

    static void print(List<Path> modules, PrintStream out) throws IOException {
        List<String> others = new ArrayList<>();
        for (Path module : modules) {
            String name = module.getFileName().toString();
            List<Path> conformance = new ArrayList<>();
            TestSummary other = new TestSummary();
            for (Path report : files(module.resolve("target/surefire-reports"), "TEST-", ".xml")) {
                if (report.getFileName().toString().contains("Conformance")) {
                    conformance.add(report);
                } else {
                    other.read(report);
                }
            }
            other.failed.forEach(failure -> others.add(name + ": " + failure));
            other.unreadable.forEach(report -> others.add(name + ": unreadable: " + report));
            if (files(module.resolve("src/test"), "", "ConformanceTest.java").isEmpty()) {
                continue;
            }
            String driver = name.replaceFirst("^" + PREFIX, "");
            TestSummary summary = new TestSummary();
            for (Path report : conformance) {
                summary.read(report);
            }
            out.print(conformance.isEmpty() ? String.format("  %-8s not run%n", driver) : summary.describe(driver));
        }
        if (!others.isEmpty()) {
            out.println("Other tests that failed:");
            others.forEach(failure -> out.println("  " + failure));
        }
    }

    private static List<Path> files(Path folder, String start, String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith(start) && name.endsWith(end);
                    })
                    .sorted()
                    .toList();
        }
    }

    private void read(Path report) throws IOException {
        try {
            parse(report);
        } catch (XMLStreamException e) {
            // The JVM of the tests was killed while it wrote the report.
            unreadable.add(report.getFileName().toString());
        }
    }

    private void parse(Path report) throws IOException, XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try (BufferedReader text = Files.newBufferedReader(report, StandardCharsets.UTF_8)) {
            XMLStreamReader xml = factory.createXMLStreamReader(text);
            String type = "";
            String name = "";
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    switch (xml.getLocalName()) {
                        case "testcase" -> {
                            cases++;
                            type = String.valueOf(xml.getAttributeValue(null, "classname"));
                            name = xml.getAttributeValue(null, "name");
                        }
                        case "failure", "error" ->
                            failed.add(type.substring(type.lastIndexOf('.') + 1) + '.' + name + why(xml));
                        case "skipped" -> skip(xml.getElementText());
                        default -> {
                            // Properties and output say nothing of a result.
                        }
                    }
                }
            }
        }
    }

    /** Returns what a failure's message says, in one line; the empty string when it has none. */
    private static String why(XMLStreamReader xml) {
        String message = xml.getAttributeValue(null, "message");
        if (message == null || message.isBlank()) {
            return "";
        }
        String line = message.strip().replaceAll("\\s+", " ");
        return ": " + (line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line);
    }

    private void skip(String text) {
        skipped++;
        String line = text.lines().findFirst().orElse("");
        int at = line.indexOf(ABORTED);
        if (at >= 0) {
            reasons.merge(line.substring(at + ABORTED.length()), 1, Integer::sum);
        }
    }

    private String describe(String driver) {
        int ran = cases - skipped;
        StringBuilder text = new StringBuilder(String.format(
                "  %-8s %s: %d rules passed, %d failed, %d skipped%n",
                driver, ran > 0 ? "ran on this machine" : "NOT RUN", ran - failed.size(), failed.size(), skipped));
        failed.forEach(
                name -> text.append(INDENT).append("failed: ").append(name).append('\n'));
        unreadable.forEach(report ->
                text.append(INDENT).append("unreadable: ").append(report).append('\n'));
        reasons.forEach((reason, count) -> text.append(INDENT)
                .append(count)
                .append(" skipped: ")
                .append(reason)
                .append('\n'));
        return text.toString();
    }
}
