// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.cli.UnracedCommand;
import dev.unraced.event.Call;
import dev.unraced.event.Caller;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.SocketcallBlock;
import dev.unraced.event.SyscallEvent;
import dev.unraced.format.JsonLines;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the page about events has every accessor, every component of a snapshot, every field and every flag. */
class EventsDocumentTest {
    private static final String NONE = "–";

    /** The prefixes of a snapshot's accessors, with the records that they lead to. */
    private static final Map<String, List<Class<? extends Record>>> RECORDS = Map.of(
            "", List.of(OpenEvent.class, ConnectEvent.class),
            "call().", List.of(Call.class),
            "caller().", List.of(Caller.class),
            "how().value().", List.of(OpenHow.class),
            "file().", List.of(OpenedFile.class),
            "socket().", List.of(ConnectedSocket.class),
            "block().", List.of(SocketcallBlock.class));

    /** The components that hold others, which the page names one by one, and one that is a flag of the view. */
    private static final Set<String> NAMED_OTHERWISE =
            Set.of("call()", "caller()", "how()", "file()", "socket()", "block()", "file().created()");

    private static List<String> lines(String from, String to) throws IOException {
        return Files.readString(Path.of("../docs/reference/events.md"))
                .lines()
                .dropWhile(line -> !line.equals(from))
                .skip(1)
                .takeWhile(line -> !line.equals(to))
                .toList();
    }

    /** Returns the cells of the rows of tables, without their ticks. */
    private static List<List<String>> rows(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split("\\|", -1))
                        .skip(1)
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .toList();
    }

    private static List<List<String>> accessors() throws IOException {
        return rows(lines("## In Java", "## Entry points"));
    }

    @Test
    void everyAccessorIsThereWithItsType() throws IOException {
        Map<String, String> documented = accessors().stream()
                .collect(Collectors.toMap(row -> row.get(0), row -> row.get(1), (one, two) -> one, TreeMap::new));
        Map<String, String> declared = Arrays.stream(EventView.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .collect(Collectors.toMap(
                        method -> method.getName() + "()",
                        method -> method.getReturnType().getSimpleName(),
                        (one, two) -> one,
                        TreeMap::new));
        assertThat(documented).isEqualTo(declared).hasSizeGreaterThan(40);
    }

    @Test
    void everyComponentAndQuestionOfASnapshotIsThere() throws IOException {
        Set<String> components = new TreeSet<>(Set.of("how().provenance()", "how().integrity()"));
        Arrays.stream(SyscallEvent.class.getDeclaredMethods())
                .filter(Method::isDefault)
                .forEach(question -> components.add(question.getName() + "()"));
        RECORDS.forEach((place, types) -> types.forEach(type -> Arrays.stream(type.getRecordComponents())
                .forEach(component -> components.add(place + component.getName() + "()"))));
        components.removeAll(NAMED_OTHERWISE);
        Set<String> documented = accessors().stream()
                .map(row -> row.get(3))
                .filter(name -> !name.equals(NONE))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(components);
    }

    @Test
    void everyAccessorNamesAFieldThatIsExplained() throws IOException {
        Set<String> fields = fields();
        assertThat(accessors())
                .allSatisfy(row -> assertThat(row.get(4))
                        .isIn(Stream.concat(Stream.of(NONE), fields.stream()).toList()));
    }

    /** The rows are made from the description that {@code watch --json-schema} is made from. */
    @Test
    void everyTableOfFieldsIsWhatTheCodeSays() throws IOException {
        assertThat(lines("## Every event", "## In Java").stream().filter(line -> line.startsWith("| `")))
                .containsExactlyElementsOf(FieldTables.all());
    }

    private static Set<String> fields() throws IOException {
        return rows(lines("## Every event", "## In Java")).stream()
                .flatMap(row -> Stream.of(row.get(0).split(", ", -1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyFlagIsExplained() throws IOException {
        assertThat(rows(lines("## Flags", "## Time")).stream().map(row -> row.get(0)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(EventFlag.values()).map(EventFlag::name).toList());
    }

    /** Prints the events of the simulated machine, an open and a connect among them, to get the field names. */
    @Test
    void everyFieldThatIsPrintedIsExplained() throws IOException {
        TestConsole test = new TestConsole();
        assertThat(UnracedCommand.commandLine(test.console(), Drivers::discover)
                        .execute("watch", "--driver", "sim", "--json", "--count", "100", "--duration", "60s"))
                .isZero();
        Set<String> printed = new TreeSet<>();
        JsonLines.parse(test.out()).forEach(event -> names("", event, printed));
        assertThat(printed).contains("path", "address.ip", "file.inode", "socket.remote.port");
        Set<String> explained = fields();
        assertThat(printed).allSatisfy(name -> assertThat(explained).contains(plain(name)));
    }

    /**
     * Returns a field's name without address prefix and "_hex" suffix: addresses have their own table, and bytes that
     * are no UTF-8 have a rule.
     */
    private static String plain(String name) {
        return name.replaceFirst("^(?:address|socket\\.local|socket\\.remote)\\.", "")
                .replaceFirst("_hex$", "");
    }

    @SuppressWarnings("unchecked")
    private static void names(String prefix, Map<String, Object> object, Set<String> into) {
        object.forEach((name, value) -> {
            into.add(prefix + name);
            if (value instanceof Map) {
                names(prefix + name + ".", (Map<String, Object>) value, into);
            }
        });
    }
}
