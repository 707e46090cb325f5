// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import java.util.Arrays;

/** The attached observers. Each tracepoint notifies them in the order in which they were attached. */
final class Observers implements Tracepoints {
    private Tracepoints[] all = {};

    void attach(Tracepoints observer) {
        all = Arrays.copyOf(all, all.length + 1);
        all[all.length - 1] = observer;
    }

    void detach(Tracepoints observer) {
        all = Arrays.stream(all).filter(other -> other != observer).toArray(Tracepoints[]::new);
    }

    @Override
    public void enter(Task task, Call call) {
        for (Tracepoints observer : all) {
            observer.enter(task, call);
        }
    }

    @Override
    public void worked(Task task, Call call) {
        for (Tracepoints observer : all) {
            observer.worked(task, call);
        }
    }

    @Override
    public void exit(Task task, Call call) {
        for (Tracepoints observer : all) {
            observer.exit(task, call);
        }
    }

    @Override
    public void submitted(Task task, Call request) {
        for (Tracepoints observer : all) {
            observer.submitted(task, request);
        }
    }

    @Override
    public void submittedOther(Task task) {
        for (Tracepoints observer : all) {
            observer.submittedOther(task);
        }
    }

    @Override
    public boolean look(Task task, Call call) {
        boolean more = false;
        for (Tracepoints observer : all) {
            more |= observer.look(task, call);
        }
        return more;
    }

    @Override
    public void completed(Task task, Call request) {
        for (Tracepoints observer : all) {
            observer.completed(task, request);
        }
    }

    @Override
    public void threadExit(Task task) {
        for (Tracepoints observer : all) {
            observer.threadExit(task);
        }
    }
}
