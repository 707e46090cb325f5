// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The slots by process id. What is removed leaves no memory behind. */
final class Slots {
    /** The largest process id of a kernel, PID_MAX_LIMIT of include/linux/threads.h. */
    static final int LARGEST = 1 << 22;

    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;

    private final @Nullable Page[] pages = new Page[LARGEST / PAGE + 1];
    private final List<Slot> all = new ArrayList<>();

    private static final class Page {
        private final @Nullable Slot[] slots = new Slot[PAGE];
        private int used;
    }

    int size() {
        return all.size();
    }

    /** Returns one of the slots, in no order. */
    Slot at(int index) {
        return all.get(index);
    }

    /** Returns the first slot of an id, or null. */
    @Nullable
    Slot first(int tgid) {
        if (tgid < 0 || tgid > LARGEST) {
            return null;
        }
        Page page = pages[tgid >>> PAGE_BITS];
        return page == null ? null : page.slots[tgid & (PAGE - 1)];
    }

    @Nullable
    Slot of(int tgid, @Nullable ByteString container) {
        Slot slot = first(tgid);
        while (slot != null && !slot.isOf(container)) {
            slot = slot.next;
        }
        return slot;
    }

    /** Returns the slot whose newest image is of the process that started then, or null. */
    @Nullable
    Slot of(int tgid, long startNanos) {
        Slot slot = first(tgid);
        while (slot != null && !slot.isOf(startNanos)) {
            slot = slot.next;
        }
        return slot;
    }

    /** Adds the slot of an id between 0 and {@link #LARGEST}; there must be none for this container. */
    Slot add(int tgid, @Nullable ByteString container) {
        int at = tgid >>> PAGE_BITS;
        Page page = pages[at];
        if (page == null) {
            page = new Page();
            pages[at] = page;
        }
        Slot slot = new Slot(tgid, container);
        slot.next = page.slots[tgid & (PAGE - 1)];
        page.slots[tgid & (PAGE - 1)] = slot;
        page.used++;
        slot.index = all.size();
        all.add(slot);
        return slot;
    }

    void remove(Slot slot) {
        Slot last = all.remove(all.size() - 1);
        if (last.index != slot.index) {
            last.index = slot.index;
            all.set(slot.index, last);
        }
        Page page = pages[slot.tgid >>> PAGE_BITS];
        if (page == null) {
            return;
        }
        Slot above = null;
        for (Slot each = page.slots[slot.tgid & (PAGE - 1)]; each != null; each = each.next) {
            if (!each.isOf(slot.container)) {
                above = each;
            } else if (above == null) {
                page.slots[slot.tgid & (PAGE - 1)] = each.next;
            } else {
                above.next = each.next;
            }
        }
        page.used--;
        if (page.used == 0) {
            pages[slot.tgid >>> PAGE_BITS] = null;
        }
    }

    /** Returns the number of pages that take memory. */
    int pages() {
        int count = 0;
        for (Page page : pages) {
            count += page == null ? 0 : 1;
        }
        return count;
    }
}
