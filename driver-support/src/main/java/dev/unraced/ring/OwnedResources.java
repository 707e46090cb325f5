// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Owns everything that a source has to release: mapped memory, descriptors, loaded programs, files. A source adds each
 * resource as soon as it has it. So a start that fails halfway releases the same things as an ordinary end.
 *
 * <p>Closing releases the newest resource first, and each resource once, whatever the others throw. Thread-safe.
 */
public final class OwnedResources implements AutoCloseable {
    private final Deque<Resource> resources = new ArrayDeque<>();
    private boolean closed;

    /** A resource that is released by a call without checked exceptions. */
    @FunctionalInterface
    public interface Resource {
        void close();
    }

    /**
     * Takes a resource over. If this owner is closed, it releases the resource at once.
     *
     * @throws IllegalStateException when this owner is closed
     */
    public synchronized void add(Resource resource) {
        if (closed) {
            resource.close();
            throw new IllegalStateException("the owner of this resource is closed");
        }
        resources.push(resource);
    }

    /**
     * Releases all resources. Further calls do nothing.
     *
     * <p>It throws the first exception or error of a resource after it has released all others; later ones are
     * suppressed in it.
     */
    @Override
    public synchronized void close() {
        closed = true;
        Throwable first = null;
        while (!resources.isEmpty()) {
            first = close(resources.pop(), first);
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
    }

    private static @Nullable Throwable close(Resource resource, @Nullable Throwable first) {
        try {
            resource.close();
            return first;
        } catch (RuntimeException | Error e) {
            if (first == null) {
                return e;
            }
            // Two resources may throw the same exception, which cannot suppress itself.
            if (first != e) {
                first.addSuppressed(e);
            }
            return first;
        }
    }
}
