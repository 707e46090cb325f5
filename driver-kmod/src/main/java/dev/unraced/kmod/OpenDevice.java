// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.event.Mitigation;
import dev.unraced.kmod.KmodFailure.Step;
import dev.unraced.stash.StashStats;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An open and configured device, and the memory shared with it. Closing gives all of it back. */
final class OpenDevice {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int fd;
    private final List<ByteBuffer> mapped = new ArrayList<>();
    private final ByteBuffer config = Device.memory(DeviceLayout.CONFIG_SIZE);
    private final ByteBuffer books = Device.memory(DeviceLayout.BOOKS_SIZE);
    private final ByteBuffer mode = Device.memory(Integer.BYTES);

    private OpenDevice(int fd) {
        this.fd = fd;
    }

    /** Starts a capture. When this fails nothing stays behind. */
    static OpenDevice open(KmodSettings settings) throws KmodFailure {
        int fd = Device.open(Device.PATH);
        if (fd < 0) {
            throw new KmodFailure(Step.OPEN, -fd);
        }
        OpenDevice device = new OpenDevice(fd);
        boolean configured = false;
        try {
            device.configure(settings);
            configured = true;
            return device;
        } finally {
            if (!configured) {
                Device.close(fd);
            }
        }
    }

    private void configure(KmodSettings settings) throws KmodFailure {
        ByteBuffer tgids = KmodSettings.ints(settings.tgids());
        ByteBuffer uids = KmodSettings.ints(settings.uids());
        ByteBuffer cgroups = KmodSettings.longs(settings.cgroups());
        settings.write(config, tgids, uids, cgroups);
        try {
            check(Step.CONFIGURE, Device.control(fd, DeviceLayout.CONFIGURE, config));
        } finally {
            Reference.reachabilityFence(tgids);
            Reference.reachabilityFence(uids);
            Reference.reachabilityFence(cgroups);
        }
    }

    /** Maps a part of what the device shares. */
    ByteBuffer map(long offset, long length, boolean writable) throws KmodFailure {
        ByteBuffer memory = Device.map(fd, offset, length, writable);
        mapped.add(memory);
        return memory;
    }

    long countersOffset() {
        return config.getLong(DeviceLayout.CONFIG_COUNTERS_OFFSET);
    }

    int counterRows() {
        return (int) config.getLong(DeviceLayout.CONFIG_COUNTER_ROWS);
    }

    long stashBytes() {
        return config.getLong(DeviceLayout.CONFIG_STASH_BYTES);
    }

    void mitigation(Mitigation to) throws KmodFailure {
        mode.putInt(0, to.code());
        check(Step.SWITCH, Device.control(fd, DeviceLayout.MITIGATION, mode));
    }

    /** One thread at a time. */
    StashStats stash() {
        int result = Device.control(fd, DeviceLayout.BOOKS, books);
        if (result < 0) {
            throw new IllegalStateException("the module tells no books: errno " + -result);
        }
        return StashBooks.of(books);
    }

    void await(long nanos) {
        long millis = (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        Device.poll(fd, (int) Math.min(millis, Integer.MAX_VALUE));
    }

    void wake() {
        Device.control(fd, DeviceLayout.WAKE, null);
    }

    void stop() {
        Device.control(fd, DeviceLayout.STOP, null);
    }

    void close() {
        mapped.forEach(Device::unmap);
        Device.close(fd);
    }

    private static void check(Step step, int result) throws KmodFailure {
        if (result < 0) {
            throw new KmodFailure(step, -result);
        }
    }
}
