// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.Location;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.net.Socket;
import dev.unraced.sim.trace.TraceListener.Argument;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts a call's arguments into the record: those of the entry, the kernel's own copies, and those of the return. */
final class ArgumentCapture {
    private final RecordBuilder record;
    private final TraceListener listener;
    private final ArgumentReader reader;

    ArgumentCapture(RecordBuilder record, TraceListener listener) {
        this.record = record;
        this.listener = listener;
        this.reader = new ArgumentReader(listener);
    }

    /** Begins the record of a call, with the arguments in registers. */
    void begin(Task task, Call call, Mitigation mode, long nanos) {
        record.begin(mode, nanos);
        reader.registers(call, record);
        if (call.syscall() != Syscall.CONNECT) {
            start(task);
        }
    }

    /** Remembers the start of the path: the descriptor or the working directory may change later. */
    private void start(Task task) {
        Location root = task.fs().root();
        record.rootMount = root.mountNumber();
        record.rootDentry = root.dentryNumber();
        Location from = record.dirfd == OpenFlags.AT_FDCWD
                ? task.fs().cwd()
                : locationOf(task.group().descriptors().get(record.dirfd));
        if (from != null) {
            record.startMount = from.mountNumber();
            record.startDentry = from.dentryNumber();
        }
    }

    private static @Nullable Location locationOf(@Nullable OpenFile file) {
        return file == null ? null : file.location();
    }

    /**
     * Reads the arguments that the kernel has not copied yet, and the state at entry. So a thread that rewrites them
     * while the call blocks cannot change the arguments of the event (R2.2, R2.3).
     */
    void enter(Task task, Call call) {
        reader.memory(call, task.group().memory(), record, Provenance.ENTER);
        record.flag(EventFlag.FD_TABLE_SHARED, task.group().descriptors().isShared());
        if (call.syscall() == Syscall.CONNECT) {
            Socket socket = ObjectReader.socketOf(task, call);
            record.boundDevice = socket == null ? 0 : socket.device();
        } else {
            record.namespace = task.group().mountNamespace();
        }
    }

    /**
     * Takes the kernel's copies, on which the call acts (R2.17, R2.34), and which a request has in every mode (R2.40).
     * A copy that differs from the snapshot reveals an attack. A call that fails before has none, and keeps the
     * snapshot (R2.35).
     */
    void mergeKernelCopies(Call call) {
        byte[] copy = call.syscall() == Syscall.CONNECT ? call.kernelAddress() : call.kernelPath();
        if (copy != null) {
            boolean changed = record.provenance == Provenance.ENTER && !record.isArgument(copy, copy.length);
            System.arraycopy(copy, 0, record.argument, 0, copy.length);
            record.length = copy.length;
            record.provenance = Provenance.KERNEL;
            record.integrity = changed ? Integrity.CHANGED : Integrity.MATCH;
            listener.copied(Argument.of(call), changed);
        }
        long[] block = call.kernelBlock();
        if (block != null) {
            boolean differs = block[0] != record.dirfd || block[1] != record.pointer || block[2] != record.addrlen;
            record.dirfd = (int) block[0];
            record.pointer = block[1];
            record.addrlen = (int) block[2];
            record.flags &= ~EventFlag.TRUNCATED.mask();
            mergeHow(Argument.BLOCK, differs);
        }
        long[] how = call.kernelHow();
        if (how != null) {
            boolean differs = !Arrays.equals(how, new long[] {record.openFlags, record.mode, record.resolve});
            record.openFlags = how[0];
            record.mode = how[1];
            record.resolve = how[2];
            mergeHow(Argument.HOW, differs);
        }
    }

    private void mergeHow(Argument argument, boolean differs) {
        boolean changed = record.howProvenance == Provenance.ENTER && differs;
        record.howProvenance = Provenance.KERNEL;
        record.howIntegrity = changed ? Integrity.CHANGED : Integrity.MATCH;
        listener.copied(argument, changed);
    }

    /**
     * Reads the arguments that are still missing when the call returns.
     *
     * @param entered whether the record is that of the call's entry
     */
    void readAtExit(Task caller, Call call, boolean entered) {
        reader.memory(call, caller.group().memory(), record, Provenance.EXIT);
        if (!entered) {
            // No read was tried at entry, so a fault at the return is not reported.
            record.flags &= ~EventFlag.FAULTED.mask();
        }
    }

    /**
     * Compares memory with the arguments of the entry: memory that differs was rewritten while the call ran (R2.29).
     */
    void compareWithExit(Task caller, Call call) {
        AddressSpace memory = caller.group().memory();
        if (call.syscall() == Syscall.CONNECT) {
            if (record.howProvenance == Provenance.ENTER) {
                compareHow(Argument.BLOCK, reader.blockDiffers(call, memory, record));
            }
            compare(Argument.ADDRESS, memory.differsCarefully(record.pointer, record.argument, record.length));
            return;
        }
        long pointer = ArgumentReader.pathPointer(call);
        compare(
                Argument.PATH,
                memory.stringDiffersCarefully(pointer, record.argument, record.length, record.argument.length));
        if (record.howProvenance == Provenance.ENTER) {
            compareHow(Argument.HOW, reader.howDiffers(call, memory, record));
        }
    }

    private void compare(Argument argument, boolean differs) {
        listener.compared(argument, differs);
        record.integrity = differs ? Integrity.CHANGED : record.integrity;
    }

    private void compareHow(Argument argument, boolean differs) {
        listener.compared(argument, differs);
        record.howIntegrity = differs ? Integrity.CHANGED : record.howIntegrity;
    }
}
