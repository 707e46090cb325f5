// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import java.util.Optional;
import java.util.stream.Stream;

/** The observers by name. */
public final class Observers {
    private Observers() {}

    /** Returns the observer of a name: another tool, or a way to capture of this project. */
    public static Optional<Observer> named(String name) {
        return Stream.<Stream<? extends Observer>>of(
                        Stream.of(ToolObserver.OPENSNOOP, ToolObserver.TCPCONNECT, new FalcoObserver()),
                        UnreadObserver.ALL.stream(),
                        CaptureWay.ALL.stream().map(CaptureObserver::new))
                .<Observer>flatMap(each -> each)
                .filter(each -> each.name().equals(name))
                .findFirst();
    }
}
