// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import static dev.unraced.linux.OpenFlags.AT_FDCWD;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.actor.Pointers.Pointer;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.ArgumentBytes;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Submission;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One call, from its command to the reply about its effect. */
final class PreparedCall {

    private final Kernel kernel;
    private final Task task;
    private final Pointers pointers;
    private final Handles handles;
    private final CommandLine line;
    private final List<Pointer> placed = new ArrayList<>();
    private final Syscall syscall;
    private final Abi abi;
    private final boolean isRequest;
    private final boolean isIndirect;
    private final long[] registers;
    private @Nullable Call call;
    private @Nullable OpenFile displaced;
    private long begun;
    private long ended;
    private long result;
    private long repetitions;
    private boolean isOver;

    PreparedCall(Kernel kernel, Task task, Pointers pointers, Handles handles, CommandLine line) {
        this.kernel = kernel;
        this.task = task;
        this.pointers = pointers;
        this.handles = handles;
        this.line = line;
        this.syscall = line.syscall();
        this.abi = line.abi();
        this.isRequest = line.isVia("io_uring");
        if (isRequest && (syscall == Syscall.OPEN || syscall == Syscall.CREAT)) {
            throw new RefusedException("unsupported: no io_uring takes this call");
        }
        this.isIndirect = line.isVia("socketcall");
        this.repetitions = isRequest ? line.number("others", 0) + line.number("hushed", 0) : 0;
        this.registers = registers();
    }

    Task task() {
        return task;
    }

    /** Enters the call, and runs it until it waits or ends; returns whether it is over. */
    boolean begin() {
        if (line.number("zero", 0) != 0) {
            displaced = task.descriptor(0);
            if (displaced != null) {
                displaced.retain();
                task.group().descriptors().close(0);
            }
        }
        begun = kernel.clock().now();
        call = isRequest ? submit() : isIndirect ? socketcall() : plain();
        return goOn();
    }

    private Call plain() {
        return line.number("wide", 0) != 0
                ? kernel.beginWide(task, syscall, registers)
                : kernel.begin(task, syscall, abi, registers);
    }

    private Call socketcall() {
        byte[] block = ArgumentBytes.socketcallBlock((int) registers[0], registers[1], (int) registers[2]);
        return kernel.beginSocketcall(task, placed(block));
    }

    private Call submit() {
        boolean onWorker = line.number("worker", 0) != 0;
        return kernel.submit(task, syscall, submission(), onWorker, registers);
    }

    private Submission submission() {
        if (line.number("linked", 0) != 0 || line.number("cancelled", 0) != 0) {
            return Submission.CANCELLED;
        }
        if (line.number("overflow", 0) != 0) {
            return Submission.OVERFLOWING;
        }
        return line.number("polled", 0) != 0 ? Submission.POLLED : Submission.USUAL;
    }

    /** Runs on as far as possible; returns whether the call is over, as far as its thread can tell. */
    boolean goOn() {
        if (isOver) {
            return true;
        }
        if (isRequest) {
            // The submitter runs first, then a worker that may have got the request.
            for (Task doer = ableDoer(); doer != null; doer = ableDoer()) {
                kernel.run(doer);
            }
            isOver = Objects.requireNonNull(call).isDone();
            result = call.result();
            if (isOver && repetitions > 0) {
                return repeat();
            }
        } else {
            isOver = kernel.run(task);
            result = task.lastResult();
        }
        ended = kernel.clock().now();
        return isOver;
    }

    /** Repeats the request. Each simulated request has its own number, so none can be mistaken for another. */
    private boolean repeat() {
        repetitions--;
        if (syscall != Syscall.CONNECT && result >= 0) {
            task.group().descriptors().close((int) result);
        }
        isOver = false;
        call = submit();
        return goOn();
    }

    private @Nullable Task ableDoer() {
        for (Task doer : task.group().tasks()) {
            if (doer.call() == call && kernel.canStep(doer)) {
                return doer;
            }
        }
        return null;
    }

    boolean isOver() {
        return isOver;
    }

    Answer answer() {
        Answer answer = new Answer()
                .with("tid", task.tid())
                .with("tgid", task.tgid())
                .with("result", result)
                .with("begun", begun)
                .with("ended", ended);
        if (syscall == Syscall.CONNECT) {
            Socket socket = Player.socket(task, (int) registers[0]);
            if (socket != null) {
                answer.withNames(kernel.network(), socket);
            }
        } else if (result >= 0) {
            describeFile(answer);
            settle();
        }
        if (displaced != null) {
            task.group().descriptors().close(0);
            task.group().descriptors().add(displaced);
        }
        placed.forEach(pointers::free);
        return answer;
    }

    private void settle() {
        if (line.has("keep")) {
            handles.put(line.integer("keep", 0), (int) result);
        } else if (displaced == null) {
            task.group().descriptors().close((int) result);
        }
    }

    private void describeFile(Answer answer) {
        OpenFile file = task.descriptor((int) result);
        if (file != null) {
            answer.withFile(file.inode())
                    .withBytes("real", file.resolve(task.fs()).path().toByteArray());
        }
    }

    private long[] registers() {
        long flags = line.number("flags", 0);
        long mode = line.number("mode", 0);
        boolean isConnect = syscall == Syscall.CONNECT;
        int fd = handles.get(line.text(isConnect ? "fd" : "dirfd"), AT_FDCWD);
        Pointer memory = pointer(isConnect ? "address" : "path");
        return switch (syscall) {
            case OPEN -> new long[] {memory.address(), flags, mode};
            case CREAT -> new long[] {memory.address(), mode};
            case OPENAT -> new long[] {fd, memory.address(), flags, mode};
            case OPENAT2 ->
                new long[] {fd, memory.address(), how(flags, mode), line.number("size", OpenFlags.OPEN_HOW_SIZE)};
            case CONNECT -> new long[] {fd, memory.address(), line.number("addrlen", memory.length())};
        };
    }

    private long how(long flags, long mode) {
        if (line.has("how")) {
            return pointer("how").address();
        }
        return placed(ArgumentBytes.openHow(flags, mode, line.number("resolve", 0)));
    }

    private Pointer pointer(String key) {
        return made(line.text(key, "null"));
    }

    private long placed(byte[] bytes) {
        return made("hex:" + HexFormat.of().formatHex(bytes)).address();
    }

    private Pointer made(String text) {
        Pointer pointer = pointers.make(text);
        placed.add(pointer);
        return pointer;
    }
}
