// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import java.io.IOException;

/** A program that watches the machine while it works: a capture of this project, another tool, or none. */
public interface Observer {
    Observer NOTHING = new Observer() {
        @Override
        public String name() {
            return "nothing";
        }

        @Override
        public Watch start() {
            return new Watch() {
                @Override
                public long events() {
                    return 0;
                }

                @Override
                public long lost() {
                    return 0;
                }

                @Override
                public void close() {}
            };
        }
    };

    String name();

    /** Returns whether the observer reports this workload's calls, or calls beside it. */
    default boolean observes(String workload) {
        return true;
    }

    /**
     * Starts to watch; the observer watches once this returns.
     *
     * @throws Refused if the observer cannot run here; the message says why
     */
    Watch start() throws IOException, InterruptedException, Refused;

    /** An observer at work. The figures are complete once closed. */
    interface Watch extends AutoCloseable {
        /** Returns the number of reported events, those of other programs included. */
        long events();

        /** Returns the number of events that the observer reports as lost. */
        long lost();

        /** Restricts {@link #events} to these processes; called before they make calls. */
        default void only(long pid) {}

        @Override
        void close() throws IOException, InterruptedException;
    }
}
