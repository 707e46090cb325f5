// SPDX-License-Identifier: Apache-2.0
package dev.unraced.stash;

class LruArgStashTest extends LruStashContract {

    @Override
    protected ArgStash newStash(int capacity, int entryBytes) {
        return StashPolicy.LRU.newStash(capacity, entryBytes);
    }
}
