// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks.observer;

import dev.unraced.benchmarks.measure.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several observers of a kind at the same time, like agents that know nothing of each other. */
public final class SideBySide implements Observer {
    private final int count;
    private final Observer kind;

    public SideBySide(int count, Observer kind) {
        this.count = count;
        this.kind = kind;
    }

    @Override
    public String name() {
        return count == 1 ? "1 capture" : count + " captures";
    }

    @Override
    public Watch start() throws IOException, InterruptedException, Refused {
        List<Watch> watches = new ArrayList<>();
        Watch all = new Together(watches);
        try {
            while (watches.size() < count) {
                watches.add(kind.start());
            }
        } catch (IOException | InterruptedException | Refused | RuntimeException e) {
            all.close();
            throw e;
        }
        return all;
    }

    private record Together(List<Watch> watches) implements Watch {
        @Override
        public long events() {
            return watches.stream().mapToLong(Watch::events).sum();
        }

        @Override
        public long lost() {
            return watches.stream().mapToLong(Watch::lost).sum();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            for (Watch watch : watches) {
                watch.close();
            }
        }
    }
}
