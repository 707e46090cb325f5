// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Owns everything that a source has to give back: mapped memory, descriptors, loaded programs, files. A source adds
 * each resource as soon as it has it, so that a start that fails halfway and an ordinary end give back the same things.
 *
 * <p>Closing gives back the newest resource first, and each one once, whatever the others throw. Thread-safe.
 */
public final class OwnedResources implements AutoCloseable {
    private final Deque<Resource> resources = new ArrayDeque<>();
    private boolean closed;

    /** Something that is given back by a call that throws nothing checked. */
    @FunctionalInterface
    public interface Resource {
        void close();
    }

    /**
     * Takes a resource over. When everything was given back already, the resource is given back at once.
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
     * Gives everything back. Further calls do nothing.
     *
     * <p>The first exception or error of a resource is thrown once all others are given back; later ones are suppressed
     * in it.
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
            // Two resources may throw the same one, and none suppresses itself.
            if (first != e) {
                first.addSuppressed(e);
            }
            return first;
        }
    }
}
