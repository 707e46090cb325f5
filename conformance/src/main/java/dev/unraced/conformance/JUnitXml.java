// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.RuleResult.Status;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A report in the XML that build servers read: one suite for each chapter of the specification. */
public final class JUnitXml {
    private final XMLStreamWriter xml;

    private JUnitXml(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /**
     * Writes the report; closing the writer is the caller's part.
     *
     * @throws XMLStreamException when the writer fails
     */
    public static void write(ConformanceReport report, Writer out) throws XMLStreamException {
        XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
        new JUnitXml(xml).report(report);
        xml.close();
    }

    private void report(ConformanceReport report) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("testsuites");
        counts("unraced conformance of driver " + report.driver(), report.results());
        for (var chapter : report.byChapter().entrySet()) {
            xml.writeStartElement("testsuite");
            counts(chapter.getKey() == 0 ? "whole groups" : Chapter.heading(chapter.getKey()), chapter.getValue());
            for (RuleResult result : chapter.getValue()) {
                testCase(report.driver(), result);
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
        xml.writeEndDocument();
        xml.flush();
    }

    private void counts(String name, List<RuleResult> results) throws XMLStreamException {
        xml.writeAttribute("name", name);
        xml.writeAttribute("tests", Integer.toString(results.size()));
        xml.writeAttribute("failures", count(results, Status.BROKEN));
        xml.writeAttribute(
                "skipped",
                Long.toString(results.stream()
                        .filter(result -> isSkip(result.status()))
                        .count()));
        xml.writeAttribute("errors", count(results, Status.ERROR));
        time(results.stream().map(RuleResult::took).reduce(Duration.ZERO, Duration::plus));
    }

    /** Writes the time in seconds. */
    private void time(Duration took) throws XMLStreamException {
        xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", took.toMillis() / 1e3));
    }

    private void testCase(String driver, RuleResult result) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", driver + "." + result.group());
        xml.writeAttribute("name", result.rule());
        time(result.took());
        if (result.evidence() > 0 || result.races().isPresent()) {
            xml.writeStartElement("properties");
            if (result.evidence() > 0) {
                property("events", Long.toString(result.evidence()));
            }
            if (result.races().isPresent()) {
                Races races = result.races().get();
                property("stochastic", "true");
                property("rounds", Long.toString(races.rounds()));
                property("won", Long.toString(races.won()));
            }
            xml.writeEndElement();
        }
        switch (result.status()) {
            case KEPT -> {}
            case SKIPPED, NOT_APPLICABLE, NOT_PLAYED -> {
                xml.writeEmptyElement("skipped");
                xml.writeAttribute("message", legal(skip(result)));
            }
            case BROKEN -> {
                xml.writeStartElement("failure");
                if (result.broken().isPresent()) {
                    xml.writeAttribute("type", result.broken().get().toString());
                }
                xml.writeCharacters(legal(result.reason()));
                xml.writeEndElement();
            }
            case ERROR -> {
                xml.writeStartElement("error");
                xml.writeCharacters(legal(result.reason()));
                xml.writeEndElement();
            }
        }
        xml.writeEndElement();
    }

    private void property(String name, String value) throws XMLStreamException {
        xml.writeEmptyElement("property");
        xml.writeAttribute("name", name);
        xml.writeAttribute("value", value);
    }

    /** Build servers know one kind of skip; any other begins with its name. */
    private static String skip(RuleResult result) {
        return result.status() == Status.SKIPPED ? result.reason() : result.status() + ": " + result.reason();
    }

    private static boolean isSkip(Status status) {
        return status != Status.KEPT && status != Status.BROKEN && status != Status.ERROR;
    }

    /** Replaces the control characters that XML 1.0 cannot represent. */
    private static String legal(String text) {
        return text.codePoints()
                .map(c -> isLegal(c) ? c : '\ufffd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isLegal(int c) {
        boolean isControl = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
        boolean isSurrogate = c >= 0xd800 && c <= 0xdfff;
        return !isControl && !isSurrogate && c != 0xfffe && c != 0xffff;
    }

    private static String count(List<RuleResult> results, Status status) {
        return Long.toString(
                results.stream().filter(result -> result.status() == status).count());
    }
}
