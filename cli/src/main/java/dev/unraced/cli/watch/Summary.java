// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventView;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.SyscallEvent;
import dev.unraced.format.EventWriter;
import dev.unraced.format.JsonField;
import dev.unraced.format.JsonType;
import dev.unraced.format.LineBuffer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts events instead of printing them: by program, by file, by peer, by result and by integrity. Its memory is
 * bounded; what is beyond counts as others. For one thread.
 */
final class Summary implements EventWriter {
    /** The most names that each table counts apart. */
    private static final int MOST_NAMES = 10_000;
    /** The most rows of a table that is printed at the end. */
    static final int MOST_ROWS = 20;

    private static final JsonType ROWS = JsonType.array(JsonType.object(
            "row",
            List.of(
                    JsonField.of(
                                    "name",
                                    JsonType.TEXT,
                                    "what the calls have in common; null of all beyond the first names together")
                            .orNull(),
                    JsonField.of("calls", JsonType.COUNT, "how many calls there were"),
                    JsonField.of("failed", JsonType.COUNT, "how many of them failed"))));

    /** The fields of {@link #toJson}. */
    static final List<JsonField> FIELDS = List.of(
            JsonField.of("integrity", ROWS, "calls by the integrity of the path or of the address"),
            JsonField.of("program", ROWS, "calls by the name of the thread"),
            JsonField.of("file", ROWS, "opens by the file that was opened, or else by the path as passed"),
            JsonField.of("peer", ROWS, "connects by the peer, or else by the address as passed"),
            JsonField.of("result", ROWS, "calls by their result: succeeded, or the name of the errno"));

    private final Table programs = new Table("program");
    private final Table files = new Table("file");
    private final Table peers = new Table("peer");
    private final Table results = new Table("result");
    private final Table integrities = new Table("integrity");

    @Override
    public void write(EventView view, LineBuffer out) {
        if (view.isEnter()) {
            return;
        }
        boolean failed = view.failed();
        SyscallEvent event = view.snapshot();
        programs.count(event.caller().comm().escaped(), failed);
        results.count(result(view), failed);
        if (event instanceof OpenEvent open) {
            files.count(file(open), failed);
            integrities.count(open.path().integrity().name(), failed);
        } else if (event instanceof ConnectEvent connect) {
            peers.count(peer(connect), failed);
            integrities.count(connect.address().integrity().name(), failed);
        }
    }

    /** Returns the tables for people. */
    String toText() {
        return toText(MOST_ROWS);
    }

    /** Returns the tables for people, each with so many rows at most, but with every kind of integrity. */
    String toText(int rows) {
        StringBuilder text = new StringBuilder();
        tables().forEach(table -> table.appendTo(text, table == integrities ? MOST_ROWS : rows));
        return text.isEmpty() ? "no calls\n" : text.toString();
    }

    /** Returns the tables as one JSON object on one line. */
    String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            for (Table table : tables()) {
                table.writeTo(json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private List<Table> tables() {
        return List.of(integrities, programs, files, peers, results);
    }

    private static String result(EventView event) {
        return event.failed() || event.isInProgress() ? event.errnoName().orElse("refused") : "succeeded";
    }

    /** Returns the file that was opened, or else the path as passed. */
    private static String file(OpenEvent open) {
        return open.file()
                .map(OpenedFile::path)
                .filter(path -> !path.isEmpty())
                .orElse(open.path().value())
                .escaped();
    }

    /** Returns the peer that was connected to, or else the address as passed. */
    private static String peer(ConnectEvent connect) {
        return connect.socket()
                .flatMap(ConnectedSocket::remote)
                .orElse(connect.address().value())
                .toString();
    }

    /** Calls by one of their properties. */
    private static final class Table {
        private final String title;
        private final Map<String, Row> rows = new HashMap<>();
        private final Row others = new Row();

        Table(String title) {
            this.title = title;
        }

        void count(String name, boolean failed) {
            Row row = rows.get(name);
            if (row == null) {
                row = rows.size() < MOST_NAMES ? new Row() : others;
                if (row != others) {
                    rows.put(name, row);
                }
            }
            row.count(failed);
        }

        private List<Map.Entry<String, Row>> sorted() {
            return rows.entrySet().stream()
                    .sorted(Comparator.<Map.Entry<String, Row>>comparingLong(entry -> -entry.getValue().calls)
                            .thenComparing(Map.Entry.comparingByKey()))
                    .toList();
        }

        void appendTo(StringBuilder text, int most) {
            if (rows.isEmpty()) {
                return;
            }
            text.append(text.isEmpty() ? "" : "\n")
                    .append(String.format(Locale.ROOT, "%10s %10s  %s%n", "calls", "failed", title));
            List<Map.Entry<String, Row>> sorted = sorted();
            sorted.stream().limit(most).forEach(entry -> append(text, entry.getValue(), entry.getKey()));
            Row rest = new Row();
            rest.add(others);
            sorted.stream().skip(most).forEach(entry -> rest.add(entry.getValue()));
            if (rest.calls > 0) {
                append(text, rest, "(others)");
            }
        }

        private static void append(StringBuilder text, Row row, String name) {
            text.append(String.format(Locale.ROOT, "%10d %10d  %s%n", row.calls, row.failed, name));
        }

        void writeTo(JsonGenerator json) throws IOException {
            json.writeArrayFieldStart(title);
            for (Map.Entry<String, Row> entry : sorted()) {
                write(json, entry.getKey(), entry.getValue());
            }
            if (others.calls > 0) {
                write(json, null, others);
            }
            json.writeEndArray();
        }

        private void write(JsonGenerator json, @Nullable String name, Row row) throws IOException {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeNumberField("calls", row.calls);
            json.writeNumberField("failed", row.failed);
            json.writeEndObject();
        }
    }

    private static final class Row {
        private long calls;
        private long failed;

        void count(boolean hasFailed) {
            calls++;
            failed += hasFailed ? 1 : 0;
        }

        void add(Row other) {
            calls += other.calls;
            failed += other.failed;
        }
    }
}
