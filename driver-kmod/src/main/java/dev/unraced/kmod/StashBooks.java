// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.driver.StashStats;
import java.nio.ByteBuffer;

/** Reads {@code struct unraced_books}. */
final class StashBooks {
    private StashBooks() {}

    /** Returns the counters as statistics; the module's stash refuses nothing. */
    static StashStats of(ByteBuffer books) {
        return new StashStats(
                books.getLong(DeviceLayout.BOOKS_PUTS),
                books.getLong(DeviceLayout.BOOKS_TAKES),
                books.getLong(DeviceLayout.BOOKS_EVICTED),
                books.getLong(DeviceLayout.BOOKS_RECLAIMED),
                books.getLong(DeviceLayout.BOOKS_STALE),
                0,
                books.getLong(DeviceLayout.BOOKS_LIVE),
                books.getLong(DeviceLayout.BOOKS_CAPACITY));
    }
}
