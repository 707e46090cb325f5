// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.trace;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Completes the record of a call that is over: it adds missing arguments and the object that the call acted on, and
 * compares both.
 */
final class CallCompletion {
    private final RecordBuilder record;
    private final ArgumentCapture arguments;
    private final ObjectReader objects;
    private final Set<Precaution> precautions;
    private final boolean isJudged;

    /**
     * Creates the completion for all calls.
     *
     * @param isJudged whether arguments are compared
     */
    CallCompletion(
            RecordBuilder record,
            ArgumentCapture arguments,
            ObjectReader objects,
            Set<Precaution> precautions,
            boolean isJudged) {
        this.record = record;
        this.arguments = arguments;
        this.objects = objects;
        this.precautions = precautions;
        this.isJudged = isJudged;
    }

    /**
     * Reads missing arguments at the return, finds the object that the call acted on, and compares. A call that failed
     * has its arguments (R3.1, R3.2, R3.3), and no file (R2.19).
     *
     * @param entered whether the record is that of the call's entry
     * @param isUnproven whether the descriptor may lead to another object than the call's
     */
    void finish(Task caller, Call call, boolean entered, boolean isUnproven) {
        boolean present = record.isPresent();
        arguments.readAtExit(caller, call, entered);
        if (record.has(EventFlag.NOT_EXECUTED)) {
            record.clearObject();
            return;
        }
        boolean describable = ObjectReader.isExpected(call, call.result());
        OpenFile file = null;
        if (describable && !record.hasObject && !isUnproven) {
            file = objects.describeByDescriptor(caller, call, record);
        }
        if (describable && !record.hasObject && (isUnproven || precautions.contains(Precaution.BATCHES))) {
            record.flag(EventFlag.OBJECT_MISSED);
        }
        if (isJudged && record.mitigation != Mitigation.OFF) {
            judge(caller, call, file, present, entered);
        } else if (isCopiedAddress(call)) {
            compareCopyWithPeer(call);
        }
    }

    /** Judges the arguments by the object, if integrity is on (R2.38): MATCH is a proof (R2.15, R2.16). */
    private void judge(Task caller, Call call, @Nullable OpenFile file, boolean present, boolean entered) {
        if (present && entered && call.origin() == Origin.SYSCALL && record.provenance == Provenance.ENTER) {
            arguments.compareWithExit(caller, call);
        }
        if (isCopiedAddress(call)) {
            compareCopyWithPeer(call);
            return;
        }
        if (!record.isPresent() || !record.hasObject || record.integrity != Integrity.UNCHECKED) {
            return;
        }
        if (call.syscall() == Syscall.CONNECT) {
            record.integrity = Proof.ofAddress(record, precautions.contains(Precaution.SCOPES));
        } else if (file != null && !record.has(EventFlag.TRUNCATED)) {
            record.integrity = Proof.ofPath(call.syscall(), record, file, objects.scansLeft());
        }
        boolean isEarlier = call.syscall() == Syscall.CONNECT && !chosePeer(call);
        boolean isSure =
                entered && !isEarlier && !record.has(EventFlag.FD_TABLE_SHARED) && !record.has(EventFlag.SOCKET_SHARED);
        if (record.integrity == Integrity.MATCH && !isSure) {
            // Another task could have put the requested object behind the descriptor, or chosen the peer, or an earlier
            // call has. A table that was not shared at entry was not shared until the return: its only user was in the
            // call.
            record.integrity = Integrity.UNCHECKED;
        }
    }

    /** Returns whether the address is the kernel's own copy, which is a match without mitigation, too. */
    private boolean isCopiedAddress(Call call) {
        return call.syscall() == Syscall.CONNECT && record.provenance == Provenance.KERNEL;
    }

    /** Returns whether the peer can be the one that this call asked for, by its result. */
    private static boolean chosePeer(Call call) {
        return call.result() == 0 || call.result() == -Errno.EINPROGRESS;
    }

    /**
     * Compares the kernel's copy of an address with the peer. While an attempt of a stream socket is under way, the
     * kernel ignores the address of a connect, unless it ends the attempt, and tells how that attempt ends.
     */
    private void compareCopyWithPeer(Call call) {
        boolean isJudgedByPeer = record.hasObject && chosePeer(call);
        Integrity byPeer =
                isJudgedByPeer ? Proof.ofAddress(record, precautions.contains(Precaution.SCOPES)) : Integrity.UNCHECKED;
        boolean isInternet = record.family == Sockaddr.AF_INET || record.family == Sockaddr.AF_INET6;
        boolean isShared = record.has(EventFlag.SOCKET_SHARED);
        if (record.integrity != Integrity.MATCH || (byPeer == Integrity.MATCH && !isShared)) {
            return;
        }
        boolean disconnects = record.length >= Short.BYTES && record.argument[0] == 0 && record.argument[1] == 0;
        if (isInternet && byPeer == Integrity.DIFFERS && !isShared) {
            record.integrity = Integrity.DIFFERS;
        } else if (!disconnects && !record.isHeeded) {
            record.integrity = Integrity.UNCHECKED;
        }
    }

    /**
     * Compares the mount namespace in which the path was looked up with the caller's current one, which the event names
     * (R2.46).
     */
    void compareNamespaces(Task caller, Task doer, Call call) {
        if (!precautions.contains(Precaution.NAMESPACES)) {
            record.flags &= call.isOnWorker() ? ~EventFlag.FOREIGN_MOUNT_NS.mask() : ~0;
            return;
        }
        if (call.syscall() == Syscall.CONNECT || record.has(EventFlag.NOT_EXECUTED)) {
            return;
        }
        long named = caller.group().mountNamespace();
        boolean isElsewhere = call.isOnWorker()
                ? doer.fs().namespace().number() != named
                : record.namespace != 0 && record.namespace != named;
        record.flag(EventFlag.FOREIGN_MOUNT_NS, isElsewhere);
    }
}
