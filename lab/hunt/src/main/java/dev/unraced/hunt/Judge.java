// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static dev.unraced.linux.OpenFlags.O_APPEND;
import static dev.unraced.linux.OpenFlags.O_CLOEXEC;
import static dev.unraced.linux.OpenFlags.O_NOCTTY;
import static dev.unraced.linux.OpenFlags.O_NONBLOCK;

import dev.unraced.event.Abi;
import dev.unraced.event.Call;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.Errno;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares each event with its act. Each act has one event, or is one of the losses that the capture counted; and each
 * field of the event is right, or a flag names it.
 */
final class Judge {
    /** A request without a completion runs at most this long after the acting program stopped to wait for it. */
    static final long LATEST_NANOS = 1_000_000_000;

    private static final int EINTR = -Errno.EINTR;
    private static final int ERESTARTSYS = -Errno.ERESTARTSYS;
    private static final int ERESTART_RESTARTBLOCK = -Errno.ERESTART_RESTARTBLOCK;

    private final ActLog log;
    private final Verdict verdict = new Verdict();
    private final OpenJudge opens;
    private final ConnectJudge connects;
    private final ProcessJudge processes;

    private Judge(ActLog log, ProcessLog told) {
        this.log = log;
        this.processes = new ProcessJudge(log, told, verdict);
        Tree tree = new Tree(log);
        this.opens = new OpenJudge(log, tree, verdict);
        this.connects = new ConnectJudge(log, verdict);
    }

    /**
     * Judges one run.
     *
     * @param events all events of the acting program's processes
     * @param told the process events, and the keys of the calls
     * @param losses number of events of any process that the capture counted as lost during the run
     * @param dropped number of those losses that are io_uring requests whose end the driver did not see
     */
    static Verdict judge(ActLog log, List<SyscallEvent> events, ProcessLog told, long losses, long dropped) {
        // The log may lack changes of names, so no act can be judged.
        if (log.isCut()) {
            Verdict nothing = new Verdict();
            log.acts().forEach(act -> nothing.exclude("stopped in " + log.cutIn()));
            return nothing;
        }
        Judge judge = new Judge(log, told);
        judge.compare(events, losses, dropped);
        return judge.verdict;
    }

    /** Returns the number of acts that still wait for their events. */
    static long unanswered(ActLog log, List<SyscallEvent> events) {
        Map<Integer, Long> byThread = new HashMap<>();
        for (SyscallEvent event : events) {
            byThread.merge(event.caller().tgid(), 1L, Long::sum);
        }
        Map<Integer, Long> acted = new HashMap<>();
        for (Act act : log.acts()) {
            if (act.ran()) {
                acted.merge(act.tgid(), 1L, Long::sum);
            }
        }
        long missing = 0;
        for (Map.Entry<Integer, Long> each : acted.entrySet()) {
            missing += Math.max(0, each.getValue() - byThread.getOrDefault(each.getKey(), 0L));
        }
        return missing;
    }

    private void compare(List<SyscallEvent> events, long losses, long dropped) {
        Map<Long, List<SyscallEvent>> byCaller = new HashMap<>();
        for (SyscallEvent event : events) {
            byCaller.computeIfAbsent(callerOf(event), caller -> new ArrayList<>())
                    .add(event);
        }
        byCaller.values()
                .forEach(each ->
                        each.sort(Comparator.comparingLong(event -> event.call().exitNanos())));
        List<Lie> missing = new ArrayList<>();
        for (Act act : log.acts()) {
            verdict.act();
            Optional<SyscallEvent> event = take(byCaller.getOrDefault(callerOf(act), List.of()), act);
            if (event.isPresent()) {
                // Only the event has the result of a quiet request, so the act takes it from there.
                judge(act.isQuiet() ? act.withResult(event.get().call().result()) : act, event.get());
            } else if (act.ran()) {
                missing.add(new Lie("no event", "nothing", act.toString(), Optional.of(act), Optional.empty()));
            }
        }
        if (missing.stream().flatMap(each -> each.act().stream()).anyMatch(act -> isLate(act, byCaller))) {
            verdict.withdraw("late");
            return;
        }
        if (missing.size() > losses) {
            // The losses name no acts; they are most likely silent requests, which the sort puts last.
            missing.sort(Comparator.comparing(Judge::isQuiet));
            missing.subList(0, (int) (missing.size() - losses)).forEach(verdict::lie);
        } else {
            missing.forEach(each -> verdict.exclude(isQuiet(each) ? "silent" : "lost"));
        }
        // A call has an event or a loss, never both; calls of threads that died are in no log.
        if (dropped > missing.size()
                && log.acts().stream().anyMatch(Act::isRequest)
                && log.killed().isEmpty()) {
            verdict.lie(new Lie(
                    "losses",
                    dropped + " requests",
                    missing.size() + " without an event",
                    Optional.empty(),
                    Optional.empty()));
        }
        byCaller.values().forEach(each -> each.forEach(this::withoutAct));
        processes.judgeLives(losses);
    }

    /**
     * Returns whether a request that got no completion ran after the acting program had stopped to wait for it. Then no
     * time in the log of what happened since can be trusted.
     */
    private boolean isLate(Act act, Map<Long, List<SyscallEvent>> byCaller) {
        return act.isQuiet()
                && byCaller.getOrDefault(callerOf(act), List.of()).stream()
                        .anyMatch(event -> timeOf(event) > act.end()
                                && timeOf(event) < act.end() + LATEST_NANOS
                                && hasTag(event, act));
    }

    private static boolean isQuiet(Lie missing) {
        return missing.act().map(Act::isQuiet).orElse(false);
    }

    private void withoutAct(SyscallEvent event) {
        boolean request = event.call().origin() == Origin.IO_URING;
        if (log.isKilled(event.caller().tid(), event.caller().tgid(), request, timeOf(event))) {
            verdict.exclude("killed");
            return;
        }
        if (log.tids().contains(event.caller().tid()) || request) {
            verdict.lie(new Lie("no act", event.toString(), "no such call", Optional.empty(), Optional.of(event)));
        }
    }

    /** Returns a key of the caller: its process for a request, which a kernel thread may submit, else its thread. */
    private static long callerOf(SyscallEvent event) {
        boolean request = event.call().origin() == Origin.IO_URING;
        return request ? -event.caller().tgid() : event.caller().tid();
    }

    private static long callerOf(Act act) {
        return act.isRequest() ? -act.tgid() : act.tid();
    }

    /** Takes the event of an act. A call that the kernel restarted has several events, and the last is taken. */
    private Optional<SyscallEvent> take(List<SyscallEvent> events, Act act) {
        Optional<SyscallEvent> taken = Optional.empty();
        for (int i = 0; i < events.size(); i++) {
            SyscallEvent event = events.get(i);
            if (event.call().exitNanos() > act.end() && !act.isRequest()) {
                break;
            }
            if (isOf(event, act)) {
                events.remove(i);
                if (act.isRequest()) {
                    return Optional.of(event);
                }
                taken.filter(before -> !isRestart(before)).ifPresent(this::withoutAct);
                taken = Optional.of(event);
                i--;
            }
        }
        return taken;
    }

    /** Returns whether the result is a restart code of the kernel for an interrupted call, which no program sees. */
    private static boolean isRestart(SyscallEvent event) {
        return event.call().result() <= ERESTARTSYS && event.call().result() >= ERESTART_RESTARTBLOCK;
    }

    private boolean isOf(SyscallEvent event, Act act) {
        Call call = event.call();
        if (!act.isRequest()) {
            return call.exitNanos() >= act.begin() && call.exitNanos() <= act.end();
        }
        long time = timeOf(event);
        boolean own = act.isPolled() || event.caller().tid() == act.tid();
        return own && time >= act.begin() && time <= act.end() && hasTag(event, act);
    }

    /** Returns the time that finds the act: a request's submission if it is known, else the return. */
    private static long timeOf(SyscallEvent event) {
        Call call = event.call();
        return call.origin() == Origin.SYSCALL || call.enterNanos() == 0 ? call.exitNanos() : call.enterNanos();
    }

    private static boolean hasTag(SyscallEvent event, Act act) {
        if (event instanceof ConnectEvent connect) {
            return act.isConnect() && connect.addrlen() == act.line().integer("len");
        }
        OpenEvent open = (OpenEvent) event;
        return nameOf(event).equals(act.call()) && tagOf(open.how().value().flags()) == act.tag();
    }

    private static int tagOf(long flags) {
        return ((flags & O_NOCTTY) != 0 ? 1 : 0)
                | ((flags & O_CLOEXEC) != 0 ? 2 : 0)
                | ((flags & O_NONBLOCK) != 0 ? 4 : 0)
                | ((flags & O_APPEND) != 0 ? 8 : 0);
    }

    private static String nameOf(SyscallEvent event) {
        return event.call().syscall().name().toLowerCase(java.util.Locale.ROOT);
    }

    private void judge(Act act, SyscallEvent event) {
        verdict.judged();
        Check check = new Check(verdict, act, event);
        check.equal("call", nameOf(event), act.call());
        check.equal("abi", event.call().abi(), act.isIa32() ? Abi.IA32 : Abi.NATIVE);
        check.equal("tgid", event.caller().tgid(), act.tgid());
        check.equal("uid", event.caller().uid(), 0L);
        processes.judgeKey(check, act, event);
        if (!act.isPolled()) {
            check.equal("mount_ns", event.caller().mountNamespace(), act.mountNamespace());
        }
        if (event.call().enterNanos() > event.call().exitNanos()) {
            check.lie(
                    "time", event.call().enterNanos(), "at most " + event.call().exitNanos());
        }
        if (!act.ran()) {
            judgeRefused(check, event);
            return;
        }
        boolean interrupted = act.result() == EINTR && isRestart(event);
        check.equal("result", interrupted ? act.result() : event.call().result(), act.result());
        if (event.flags().contains(EventFlag.NOT_EXECUTED)) {
            check.lie("execution", EventFlag.NOT_EXECUTED, "it ran");
            return;
        }
        if (event instanceof OpenEvent open) {
            opens.judge(check, act, open);
        } else {
            connects.judge(check, act, (ConnectEvent) event);
        }
    }

    /** A call that never ran must be marked NOT_EXECUTED or EXECUTION_UNKNOWN. */
    private static void judgeRefused(Check check, SyscallEvent event) {
        boolean hasObject =
                event.flags().contains(EventFlag.HAS_FILE) || event.flags().contains(EventFlag.HAS_SOCKET);
        if (event.flags().contains(EventFlag.NOT_EXECUTED)) {
            if (hasObject) {
                check.lie("execution", "NOT_EXECUTED with an object", "it never ran");
            }
            check.mark(EventFlag.NOT_EXECUTED);
        } else if (event.flags().contains(EventFlag.EXECUTION_UNKNOWN)) {
            check.mark(EventFlag.EXECUTION_UNKNOWN);
        } else {
            check.lie("execution", "a result of " + event.call().result() + ", flags " + event.flags(), "it never ran");
        }
    }
}
