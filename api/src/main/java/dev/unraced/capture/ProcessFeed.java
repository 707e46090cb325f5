// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordView;
import dev.unraced.process.ProcessTable;

/**
 * Keeps a table of processes by what passes through, and gives each event its process.
 *
 * @param handler gets each event after the table knows it
 */
record ProcessFeed(ProcessTable table, EventHandler handler) implements EventHandler {
    @Override
    public void onEvent(EventView event) {
        RecordView.of(event).askProcessesOf(table);
        handler.onEvent(event);
    }

    @Override
    public void onProcess(ProcessView event) {
        table.update(event);
        ProcessRecordView.of(event).askProcessesOf(table);
        handler.onProcess(event);
    }
}
