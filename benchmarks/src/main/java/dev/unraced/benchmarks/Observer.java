// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import java.io.IOException;

/** Something that watches the machine while it works: a capture of this project, another tool, or nothing. */
interface Observer {
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

    /** Whether it tells of this workload's calls, or of calls beside it. */
    default boolean observes(String workload) {
        return true;
    }

    /**
     * Begins to watch; it does from when this returns.
     *
     * @throws Refused if it cannot here; the message says why
     */
    Watch start() throws IOException, InterruptedException, Refused;

    /** While it watches. The figures are complete once closed. */
    interface Watch extends AutoCloseable {
        /** What it told of, other programs' calls included. */
        long events();

        /** What it says that it lost. */
        long lost();

        /** Of these processes {@link #events} shall tell alone; before they make calls. */
        default void only(long pid) {}

        @Override
        void close() throws IOException, InterruptedException;
    }

    /** This observer does not run here. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }
}
