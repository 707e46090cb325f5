// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.capture.Capture;
import dev.unraced.event.ArgumentView;
import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import dev.unraced.sim.kernel.Tracepoints;
import dev.unraced.sim.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows the real effect of each call, and compares each event with it. It is attached after the observer, so that a
 * call's event is there when the judge sees the return.
 */
final class EventJudge implements Tracepoints {
    /** The flags of an event whose argument was read late; they give the reason. */
    private static final int EXCUSES = EventFlag.FAULTED.mask()
            | EventFlag.ENTER_MISSED.mask()
            | EventFlag.STASH_FULL.mask()
            | EventFlag.EVICTED.mask();
    /** The flags of an event whose file or socket may be another than the call's. */
    private static final int OBJECT_DOUBTS = EventFlag.FD_TABLE_SHARED.mask() | EventFlag.EXECUTION_UNKNOWN.mask();
    /** The flags of an event whose peer may be another than the call's. */
    private static final int PEER_DOUBTS = OBJECT_DOUBTS | EventFlag.SOCKET_SHARED.mask();

    private static final byte[] NOTHING = {};

    private final Kernel kernel;
    private @Nullable Capture capture;
    private final boolean keeps;
    private final List<Finding> findings = new ArrayList<>();
    private byte[] evil = NOTHING;
    private boolean hid;
    private Verdict worst = Verdict.TRUE;
    private int events;
    /** The paths of a call's file at each look of an observer, who may look at any tracepoint. */
    private final IdentityHashMap<Call, Set<ByteString>> places = new IdentityHashMap<>();

    /** The callers of these calls. */
    private final IdentityHashMap<Call, Task> callers = new IdentityHashMap<>();

    /** The peer that a connect chose, before another connect could change it. */
    private final IdentityHashMap<Call, byte[]> peers = new IdentityHashMap<>();

    /** The socket's own address at the same moment. */
    private final IdentityHashMap<Call, byte[]> locals = new IdentityHashMap<>();

    /**
     * The verdict on the event of a call.
     *
     * @param event null when the call did not have exactly one event
     */
    record Finding(Task task, Call call, @Nullable SyscallEvent event, Verdict verdict) {}

    EventJudge(Kernel kernel, boolean keeps) {
        this.kernel = kernel;
        this.keeps = keeps;
    }

    /** Judges the events of a capture from now on. */
    void watch(Capture watched) {
        capture = watched;
    }

    /** Sets the argument that the attack hides. */
    void mark(byte[] argument) {
        evil = argument;
    }

    /** Returns whether an event was wrong about a call for which the kernel took the hidden argument. */
    boolean hasHidden() {
        return hid;
    }

    /** Returns whether an observer is attached. */
    boolean isWatching() {
        return capture != null;
    }

    /** The worst verdict on any event. */
    Verdict verdict() {
        return worst;
    }

    /** One finding for each call that returned, when findings are kept. */
    List<Finding> findings() {
        return findings;
    }

    @Override
    public void exit(Task task, Call call) {
        compare(task, call);
    }

    @Override
    public void completed(Task task, Call request) {
        compare(request.caller(task), request);
    }

    @Override
    public void enter(Task task, Call call) {
        notePlaces();
    }

    @Override
    public void submitted(Task task, Call request) {
        notePlaces();
    }

    @Override
    public void submittedOther(Task task) {
        notePlaces();
    }

    @Override
    public void worked(Task task, Call call) {
        notePlaces();
        notePlace(call.caller(task), call);
        if (call.file() != null && call.file().privateData() instanceof Socket socket) {
            byte[] peer = socket.remote();
            peers.put(call, peer == null ? NOTHING : peer);
            locals.put(call, socket.local());
        }
    }

    @Override
    public boolean look(Task task, Call call) {
        notePlace(task, call);
        return false;
    }

    private void notePlaces() {
        callers.forEach((call, task) -> notePlace(task, call));
    }

    private void notePlace(Task task, Call call) {
        OpenFile file = call.file();
        if (file != null && call.syscall() != Syscall.CONNECT) {
            callers.putIfAbsent(call, task);
            places.computeIfAbsent(call, unused -> new HashSet<>())
                    .add(file.resolve(task.fs()).path());
        }
    }

    @Override
    public void threadExit(Task task) {
        // A thread's end has no event.
    }

    private void compare(Task task, Call call) {
        events = 0;
        Objects.requireNonNull(capture).poll(view -> compare(task, call, view), Integer.MAX_VALUE);
        if (events != 1) {
            note(task, call, null, Verdict.FOOLED);
        }
    }

    private void compare(Task task, Call call, EventView view) {
        events++;
        notePlace(task, call);
        Verdict verdict = view.tid() != task.tid()
                ? Verdict.FOOLED
                : ofExecution(call, view)
                        .or(
                                view.isOpenLike()
                                        ? ofOpen(task, call, view).or(ofPlace(call, view))
                                        : ofConnect(call, view));
        note(task, call, keeps ? view.snapshot() : null, verdict);
    }

    private void note(Task task, Call call, @Nullable SyscallEvent event, Verdict verdict) {
        worst = worst.or(verdict);
        hid |= verdict != Verdict.TRUE
                && (Arrays.equals(call.kernelPath(), evil) || Arrays.equals(call.kernelAddress(), evil));
        if (keeps) {
            findings.add(new Finding(task, call, event, verdict));
        }
    }

    /** Judges whether the event says correctly that the call ran, and whether it has the object. */
    private static Verdict ofExecution(Call call, EventView view) {
        boolean saysRefused = view.has(EventFlag.NOT_EXECUTED);
        boolean hasObject = view.has(EventFlag.HAS_FILE) || view.has(EventFlag.HAS_SOCKET);
        if (call.isRefused()) {
            if (saysRefused && !hasObject) {
                return Verdict.TRUE;
            }
            return view.has(EventFlag.EXECUTION_UNKNOWN) ? Verdict.WARNED : Verdict.FOOLED;
        }
        boolean lacksObject = isSuccess(call) && !hasObject;
        if (saysRefused || (lacksObject && !view.has(EventFlag.OBJECT_MISSED))) {
            return Verdict.FOOLED;
        }
        return lacksObject ? Verdict.WARNED : Verdict.TRUE;
    }

    private static boolean isSuccess(Call call) {
        return call.syscall() == Syscall.CONNECT ? call.result() == 0 : call.result() >= 0;
    }

    private Verdict ofOpen(Task task, Call call, EventView view) {
        byte[] used = call.kernelPath();
        boolean argumentHolds =
                used == null || Arrays.equals(used, bytes(view.path().toByteString()));
        long[] how = call.kernelHow();
        boolean howHolds =
                how == null || (how[0] == view.openFlags() && how[1] == view.mode() && how[2] == view.resolve());
        OpenFile file = call.file();
        boolean objectHolds = !view.has(EventFlag.HAS_FILE) || isFile(file, view);
        boolean matches = view.path().integrity() == Integrity.MATCH;
        boolean kernels = view.path().provenance() == Provenance.KERNEL;
        if ((!argumentHolds && (kernels || (matches && !names(task, view, file))))
                // A match of the kernel's own copy is about the argument; a mark can say that the object is another.
                || (matches && !objectHolds && !(kernels && has(view, OBJECT_DOUBTS)))
                || (!howHolds && view.howIntegrity() == Integrity.MATCH)) {
            return Verdict.LIED;
        }
        if (argumentHolds && howHolds && objectHolds) {
            return Verdict.TRUE;
        }
        // An argument that names the same object by another path is true of the object.
        if (matches && howHolds && objectHolds) {
            return Verdict.TRUE;
        }
        boolean argumentWarns = argumentHolds
                || isDoubted(view.path().integrity())
                || isExcused(view)
                || (view.has(EventFlag.HAS_FILE) && isUncompared(view, view.path(), OBJECT_DOUBTS));
        boolean howWarns = howHolds || isDoubted(view.howIntegrity()) || isExcused(view);
        boolean objectWarns = objectHolds || has(view, OBJECT_DOUBTS);
        return argumentWarns && howWarns && objectWarns ? Verdict.WARNED : Verdict.FOOLED;
    }

    /** Judges whether the file was ever at the event's path, in the mount namespace that the event names. */
    private Verdict ofPlace(Call call, EventView view) {
        // On Linux, no other thread moves a caller in mid-call; the simulator's namespaces are those of processes.
        boolean isElsewhere =
                view.origin() == Origin.IO_URING && call.namespace() != 0 && call.namespace() != view.mountNamespace();
        if (isElsewhere && !view.has(EventFlag.FOREIGN_MOUNT_NS)) {
            return Verdict.FOOLED;
        }
        boolean wasThere = !view.has(EventFlag.HAS_FILE)
                || !isFile(call.file(), view)
                || view.has(EventFlag.RESOLVED_TRUNCATED)
                || places.getOrDefault(call, Set.of())
                        .contains(view.resolvedPath().toByteString());
        if (!wasThere && !view.has(EventFlag.RESOLVED_UNSTABLE)) {
            return Verdict.FOOLED;
        }
        return wasThere && !isElsewhere ? Verdict.TRUE : Verdict.WARNED;
    }

    private Verdict ofConnect(Call call, EventView view) {
        byte[] used = call.kernelAddress();
        boolean argumentHolds =
                used == null || Arrays.equals(used, bytes(view.address().toByteString()));
        boolean objectHolds = !view.has(EventFlag.HAS_SOCKET)
                || (isAddress(peers.get(call), view.socketRemote()) && isAddress(locals.get(call), view.socketLocal()));
        boolean matches = view.address().integrity() == Integrity.MATCH;
        if (!argumentHolds && (matches || view.address().provenance() == Provenance.KERNEL)) {
            return Verdict.LIED;
        }
        if (argumentHolds && objectHolds) {
            return Verdict.TRUE;
        }
        boolean argumentWarns = argumentHolds
                || isDoubted(view.address().integrity())
                || isExcused(view)
                || (view.has(EventFlag.HAS_SOCKET) && isUncompared(view, view.address(), PEER_DOUBTS));
        return argumentWarns && (objectHolds || has(view, PEER_DOUBTS)) ? Verdict.WARNED : Verdict.FOOLED;
    }

    /** Returns whether the requested path names the opened file now, without following a last link. */
    private boolean names(Task task, EventView view, @Nullable OpenFile file) {
        var found = kernel.files().lstat(task, bytes(view.path().toByteString()));
        return file != null && found.inode() == file.inode();
    }

    private static boolean isFile(@Nullable OpenFile file, EventView view) {
        return file != null
                && file.inode().number() == view.inode()
                && file.inode().superBlock().major() == view.deviceMajor()
                && file.inode().superBlock().minor() == view.deviceMinor();
    }

    private static boolean isAddress(byte @Nullable [] address, BytesView shown) {
        return Arrays.equals(address == null ? NOTHING : address, bytes(shown.toByteString()));
    }

    private static boolean isDoubted(Integrity integrity) {
        return integrity == Integrity.CHANGED || integrity == Integrity.DIFFERS;
    }

    /**
     * Returns whether a mark names the reason why a snapshot was not proven by the object that the event has. UNCHECKED
     * alone names no reason. Mode off compares nothing, so no mark is the reason there.
     */
    private static boolean isUncompared(EventView view, ArgumentView argument, int doubts) {
        return argument.provenance() == Provenance.ENTER
                && argument.integrity() == Integrity.UNCHECKED
                && has(view, doubts);
    }

    private static boolean isExcused(EventView view) {
        return has(view, EXCUSES);
    }

    private static boolean has(EventView view, int anyOf) {
        return (view.flags() & anyOf) != 0;
    }

    private static byte[] bytes(ByteString string) {
        return string.toByteArray();
    }
}
