// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.selection.Drivers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Finds the drivers once, on a thread of its own, while the command line is read. */
final class EarlyDrivers implements Supplier<Drivers> {
    private final CompletableFuture<Drivers> found = new CompletableFuture<>();
    private final Supplier<Drivers> discovery;

    private EarlyDrivers(Supplier<Drivers> discovery) {
        this.discovery = discovery;
    }

    /** Begins to look for the drivers. */
    static EarlyDrivers search(Supplier<Drivers> discovery) {
        EarlyDrivers drivers = new EarlyDrivers(discovery);
        Thread thread = new Thread(drivers::find, "unraced-drivers");
        thread.setDaemon(true);
        thread.start();
        return drivers;
    }

    private void find() {
        try {
            found.complete(discovery.get());
        } catch (RuntimeException | Error e) {
            found.completeExceptionally(e);
        }
    }

    /** Returns the drivers, or throws what the search threw. */
    @Override
    public Drivers get() {
        try {
            return found.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }
}
