// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.format.SampleEvents.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
import org.junit.jupiter.api.Test;

/** Tests what a log shows of a view. */
class ViewTextTest {
    @Test
    void aCallIsALine() {
        assertThat(SampleEvents.view(SampleEvents.open("/etc/hosts")))
                .hasToString("openat \"/etc/hosts\" = 3 by cat[4242]");
        assertThat(SampleEvents.view(SampleEvents.failedOpen("/x\u001b[2J\n").comm(utf8("a\u202eb"))))
                .hasToString("openat \"/x\\x1b[2J\\x0a\" = ENOENT by a\\xe2\\x80\\xaeb[4242]");
        assertThat(SampleEvents.view(SampleEvents.connect("020000507f000001")))
                .hasToString("connect 127.0.0.1:80 = 0 by cat[4242]");
    }

    @Test
    void aReleasedEventSaysSo() {
        RecordView view = RecordView.of(SampleEvents.view(SampleEvents.open("/etc/hosts")));
        view.unwrap();
        assertThat(view).hasToString("an event that is released: its handler has returned");
        ProcessRecordView process = process();
        process.unwrap();
        assertThat(process).hasToString("an event that is released: its handler has returned");
        assertThat(new RecordView().toString()).isNotEmpty();
    }

    @Test
    void aProcessEventIsALine() {
        assertThat(process()).hasToString("exec \"/usr/bin/curl\" by curl[77]");
    }

    private static ProcessRecordView process() {
        ProcessEncoder encoder = new ProcessEncoder();
        encoder.begin(ProcessView.Type.EXEC, 100)
                .sequence(0, 1)
                .process(77, 77, 5, 1)
                .parent(1, 1)
                .user(1000, 1000, 1000, 1000)
                .namespaces(1, 2, 3)
                .comm(utf8("curl"));
        encoder.path(utf8("/bin/curl")).arguments(utf8("curl\0")).executable(utf8("/usr/bin/curl"), 8, 1, 8);
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0);
    }
}
