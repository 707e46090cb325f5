// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.event.Mitigation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The switches that the programs read. Thread-safe. */
final class Control {
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer memory;

    Control(ByteBuffer memory) {
        this.memory = memory;
    }

    void active(boolean active) {
        INTS.setVolatile(memory, ControlLayout.ACTIVE, active ? 1 : 0);
    }

    void readerWaiting(boolean waiting) {
        INTS.setVolatile(memory, ControlLayout.READER_WAITING, waiting ? 1 : 0);
    }

    void filters(int filters) {
        INTS.setVolatile(memory, ControlLayout.FILTERS, filters);
    }

    void integrity(boolean checked) {
        INTS.setVolatile(memory, ControlLayout.INTEGRITY, checked ? 1 : 0);
    }

    void enterEvents(boolean publish) {
        INTS.setVolatile(memory, ControlLayout.ENTER_EVENTS, publish ? 1 : 0);
    }

    boolean enterEvents() {
        return (int) INTS.getVolatile(memory, ControlLayout.ENTER_EVENTS) != 0;
    }

    void ringPerCpu(boolean perCpu) {
        INTS.setVolatile(memory, ControlLayout.RING_PER_CPU, perCpu ? 1 : 0);
    }

    void mitigation(Mitigation mode) {
        INTS.setVolatile(memory, ControlLayout.MITIGATION, mode.code());
    }

    Mitigation mitigation() {
        return Mitigation.of((int) INTS.getVolatile(memory, ControlLayout.MITIGATION));
    }
}
