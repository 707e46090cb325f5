// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.ProcessView.ExecCall;
import java.util.List;
import java.util.stream.Stream;

/** The attached observers. Each tracepoint notifies them in the order in which they were attached. */
final class Observers implements Tracepoints {
    private List<Tracepoints> all = List.of();

    void attach(Tracepoints observer) {
        all = Stream.concat(all.stream(), Stream.of(observer)).toList();
    }

    void detach(Tracepoints observer) {
        all = all.stream().filter(other -> other != observer).toList();
    }

    @Override
    public void enter(Task task, Call call) {
        all.forEach(observer -> observer.enter(task, call));
    }

    @Override
    public void worked(Task task, Call call) {
        all.forEach(observer -> observer.worked(task, call));
    }

    @Override
    public void exit(Task task, Call call) {
        all.forEach(observer -> observer.exit(task, call));
    }

    @Override
    public void submitted(Task task, Call request) {
        all.forEach(observer -> observer.submitted(task, request));
    }

    @Override
    public void submittedOther(Task task) {
        all.forEach(observer -> observer.submittedOther(task));
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
        all.forEach(observer -> observer.completed(task, request));
    }

    @Override
    public void forked(TaskGroup forker, Task child) {
        all.forEach(observer -> observer.forked(forker, child));
    }

    @Override
    public void executed(Task task, int before) {
        all.forEach(observer -> observer.executed(task, before));
    }

    @Override
    public void execFailed(Task task, ExecCall call, byte[] path, int atFlags, int error) {
        all.forEach(observer -> observer.execFailed(task, call, path, atFlags, error));
    }

    @Override
    public void processExit(Task last) {
        all.forEach(observer -> observer.processExit(last));
    }

    @Override
    public void threadExit(Task task) {
        all.forEach(observer -> observer.threadExit(task));
    }
}
