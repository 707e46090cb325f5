// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.hex;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.record.RecordEncoder;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventFieldsTest {
    @Test
    void theLineOfAnOpenHasTheFieldsOfTheTables() {
        assertThat(keys(open("/etc/hosts"))).isEqualTo(required(EventFields.OPEN));
    }

    @Test
    void theLineOfAConnectHasTheFieldsOfTheTables() {
        RecordEncoder event = connect("020000507f0000010000000000000000")
                .socket(2, 1, 6, hex("0200c3507f0000010000000000000000"), null);

        assertThat(keys(event)).isEqualTo(required(EventFields.CONNECT));
    }

    private static Set<String> keys(RecordEncoder event) {
        LineBuffer out = new LineBuffer(16);
        new JsonEventWriter(JsonEventWriterTest.clock(), OpenFlagNames.X86).write(view(event), out);
        return JsonLines.parse(out.toString()).get(0).keySet();
    }

    /** Returns the names of the fields that no line of a call of this kind lacks. */
    private static Set<String> required(List<JsonField> ofKind) {
        return Stream.of(EventFields.CALL, ofKind)
                .flatMap(List::stream)
                .filter(field -> !field.isOptional())
                .flatMap(field -> field.names().stream())
                .collect(Collectors.toSet());
    }
}
