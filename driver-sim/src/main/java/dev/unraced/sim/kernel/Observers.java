// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The attached observers. Each tracepoint notifies them in the order in which they were attached. */
final class Observers {
    private List<Tracepoints> all = List.of();

    void attach(Tracepoints observer) {
        all = Stream.concat(all.stream(), Stream.of(observer)).toList();
    }

    void detach(Tracepoints observer) {
        all = all.stream().filter(other -> other != observer).toList();
    }

    /** Notifies each observer. */
    void each(Consumer<Tracepoints> tracepoint) {
        all.forEach(tracepoint);
    }

    /** Lets each observer read one more name of the file that a call reached; returns whether one has more to read. */
    boolean look(Task task, Call call) {
        boolean more = false;
        for (Tracepoints observer : all) {
            more |= observer.look(task, call);
        }
        return more;
    }
}
