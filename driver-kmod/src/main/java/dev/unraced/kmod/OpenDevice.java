// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.StashStats;
import dev.unraced.config.EventFilters;
import dev.unraced.event.Mitigation;
import dev.unraced.kmod.KmodFailure.Step;
import dev.unraced.ring.OwnedResources;
import java.nio.ByteBuffer;

/** An open and configured device, and the memory shared with it. Closing releases all of it. */
final class OpenDevice {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int fd;
    private final DeviceConfig config;
    private final OwnedResources owned;
    private final ByteBuffer stats = Device.memory(DeviceLayout.STATS_SIZE);
    private final ByteBuffer word = Device.memory(Integer.BYTES);

    private OpenDevice(int fd, DeviceConfig config, OwnedResources owned) {
        this.fd = fd;
        this.config = config;
        this.owned = owned;
    }

    /** Returns the abilities of the module on this kernel, as bits; 0 without a module. */
    static int features() {
        int fd = Device.open(Device.PATH);
        if (fd < 0) {
            return 0;
        }
        try {
            ByteBuffer features = Device.memory(Integer.BYTES);
            return Device.control(fd, DeviceLayout.FEATURES, features) < 0 ? 0 : features.getInt(0);
        } finally {
            Device.close(fd);
        }
    }

    /** Starts a capture. If this fails, nothing of it remains. */
    static OpenDevice open(KmodSettings settings) throws KmodFailure {
        return open(Device.PATH, settings);
    }

    static OpenDevice open(String path, KmodSettings settings) throws KmodFailure {
        // A filter that the configuration refuses is refused before anything is open.
        DeviceConfig config = new DeviceConfig(settings);
        int fd = Device.open(path);
        if (fd < 0) {
            throw new KmodFailure(Step.OPEN, -fd);
        }
        OwnedResources owned = new OwnedResources();
        owned.add(() -> Device.close(fd));
        boolean configured = false;
        try {
            OpenDevice device = new OpenDevice(fd, config, owned);
            check(Step.CONFIGURE, config.apply(fd));
            configured = true;
            return device;
        } finally {
            if (!configured) {
                owned.close();
            }
        }
    }

    /** Maps a part of the device's shared memory. */
    ByteBuffer map(long offset, long length, boolean writable) throws KmodFailure {
        ByteBuffer memory = Device.map(fd, offset, length, writable);
        owned.add(() -> Device.unmap(memory));
        return memory;
    }

    /** Returns the configuration with the device's answers. */
    DeviceConfig config() {
        return config;
    }

    void publishEnterEvents(boolean publish) throws KmodFailure {
        word.putInt(0, publish ? 1 : 0);
        check(Step.SWITCH, Device.control(fd, DeviceLayout.ENTER_EVENTS, word));
    }

    void switchTo(Mitigation to) throws KmodFailure {
        word.putInt(0, to.code());
        check(Step.SWITCH, Device.control(fd, DeviceLayout.MITIGATION, word));
    }

    /** Puts filters into force for calls that enter from now on. After a failure, they are as they were. */
    void filterBy(EventFilters filters, boolean observeSelf) throws KmodFailure {
        check(Step.SWITCH, new DeviceFilters(filters, observeSelf).apply(fd));
    }

    /** Returns the bytes that the module keeps about calls, as the last {@link #stash} found them. */
    long stashBytes() {
        return stats.getLong(DeviceLayout.STATS_BYTES);
    }

    /** Reads the counters of the stash. For one thread at a time. */
    StashStats stash() {
        int result = Device.control(fd, DeviceLayout.STATS, stats);
        if (result < 0) {
            throw new IllegalStateException("the module tells no statistics: errno " + -result);
        }
        return StashStatsReader.of(stats);
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

    /** Unmaps all memory, then closes the device. Further calls do nothing. */
    void close() {
        owned.close();
    }

    private static void check(Step step, int result) throws KmodFailure {
        if (result < 0) {
            throw new KmodFailure(step, -result);
        }
    }
}
