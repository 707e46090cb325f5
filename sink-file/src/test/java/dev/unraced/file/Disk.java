// SPDX-License-Identifier: Apache-2.0
package dev.unraced.file;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** A disk with a size and space that a test chooses. */
final class Disk extends FileStore {
    private final long size;
    private final long left;

    Disk(long size, long left) {
        this.size = size;
        this.left = left;
    }

    @Override
    public long getTotalSpace() {
        return size;
    }

    @Override
    public long getUsableSpace() {
        return left;
    }

    @Override
    public long getUnallocatedSpace() {
        return left;
    }

    @Override
    public String toString() {
        return "disk";
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public String type() {
        return "test";
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return false;
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
        return false;
    }

    @Override
    public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
        return null;
    }

    @Override
    public Object getAttribute(String attribute) {
        throw new UnsupportedOperationException(attribute);
    }
}
