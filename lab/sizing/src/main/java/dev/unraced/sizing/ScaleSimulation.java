// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashPolicy;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * One run of a scenario against one stash, in virtual time. Not thread-safe; several runs can go in parallel.
 *
 * <p>Calls, ends of threads and an attack come at random times of a given rate. So the model draws the next of each for
 * the whole machine, and then the thread that it strikes. Only returns have to wait in a queue. That makes a run as
 * fast with a million threads as with a thousand, except for cache misses.
 */
public final class ScaleSimulation {
    /** A call that takes this long or longer is slow, in nanoseconds. */
    public static final long SLOW_NANOS = 1_000_000_000;

    private static final double NANOS = 1e9;
    private static final int PROGRESS_CALLS = 1 << 16;

    private final ScaleScenario scenario;
    private final StashPolicy policy;
    private final int entries;
    private final Observer observer;
    private final SplittableRandom random;
    private final MachineThreads threads;
    private final IdSpace ids;
    private final ReturnQueue returns = new ReturnQueue();
    private final Tally all = new Tally();
    private final Tally slow = new Tally();
    private EventCounts beforeAttack = all.counts();
    private long calls;
    private long killed;
    private int attackers;

    private ScaleSimulation(ScaleScenario scenario, StashPolicy policy, ArgStash stash) {
        this.scenario = scenario;
        this.policy = policy;
        entries = stash.capacity();
        observer = new Observer(stash);
        random = new SplittableRandom(scenario.seed());
        threads = new MachineThreads(scenario.threads());
        ids = new IdSpace(scenario.churn().ids());
    }

    /**
     * Runs a scenario against a new stash.
     *
     * @param entries that fit into the stash, at least 1
     * @param progress called now and then with the number of calls since the last time
     * @throws IllegalStateException when the stash's statistics do not balance, or it gave a call the bytes of another
     */
    public static ScaleResult run(ScaleScenario scenario, StashPolicy policy, int entries, LongConsumer progress) {
        return run(scenario, policy, policy.newStash(entries, Observer.ENTRY_BYTES), progress);
    }

    static ScaleResult run(ScaleScenario scenario, StashPolicy policy, ArgStash stash, LongConsumer progress) {
        return new ScaleSimulation(scenario, policy, stash).run(progress);
    }

    private ScaleResult run(LongConsumer progress) {
        for (int thread = 0; thread < scenario.threads(); thread++) {
            threads.start(thread, ids.take(), 0);
        }
        double callGap = NANOS / scenario.callsPerSecond();
        double exitGap = (double) scenario.churn().lifetime().toNanos() / scenario.threads();
        double attackGap = NANOS / scenario.attack().perSecond();
        long end = scenario.duration().toNanos();
        long nextCall = gap(callGap);
        long nextExit = gap(exitGap);
        long nextAttack = scenario.attack().isReal() ? scenario.attack().at().toNanos() : ReturnQueue.NEVER;
        long told = 0;
        while (true) {
            long now = Math.min(Math.min(nextCall, nextExit), Math.min(nextAttack, returns.time()));
            if (now >= end) {
                break;
            }
            if (now == returns.time()) {
                leave(now);
            } else if (now == nextCall) {
                enter(now);
                nextCall = now + gap(callGap);
                if (calls - told >= PROGRESS_CALLS) {
                    progress.accept(calls - told);
                    told = calls;
                }
            } else if (now == nextExit) {
                exit(now);
                nextExit = now + gap(exitGap);
            } else {
                attack(now);
                nextAttack = attackers < scenario.attack().threads() ? now + gap(attackGap) : ReturnQueue.NEVER;
            }
        }
        progress.accept(calls - told);
        return result(end);
    }

    private long gap(double mean) {
        return (long) (random.nextExponential() * mean + 0.5);
    }

    private void enter(long now) {
        if (threads.idle() == 0) {
            return;
        }
        int thread = threads.anyIdle(random);
        long latency = scenario.latency().draw(random);
        long call = calls++;
        threads.enter(thread, call, now + latency, latency >= SLOW_NANOS);
        returns.add(now + latency, thread);
        if (!happens(scenario.missedEnters())) {
            observer.enter(now, threads.id(thread), threads.start(thread), call);
        }
    }

    private void leave(long now) {
        int thread = returns.remove();
        if (!threads.returnsAt(thread, now)) {
            return;
        }
        int taken = observer.leave(now, threads.id(thread), threads.start(thread), threads.call(thread));
        threads.leave(thread);
        all.add(taken);
        if (threads.isSlow(thread)) {
            slow.add(taken);
        }
    }

    /** Ends a thread, and starts another one. */
    private void exit(long now) {
        boolean inCall = threads.busy() > 0
                && (threads.idle() == 0 || happens(scenario.churn().killed()));
        int thread = inCall ? threads.anyBusy(random) : threads.anyIdle(random);
        int id = threads.id(thread);
        if (inCall) {
            killed++;
            threads.leave(thread);
        }
        if (happens(scenario.churn().reclaimed())) {
            observer.exit(now, id);
        }
        ids.giveBack(id);
        threads.start(thread, ids.take(), now);
    }

    private void attack(long now) {
        if (attackers++ == 0) {
            beforeAttack = all.counts();
        }
        observer.enter(now, ids.take(), now, calls++);
    }

    private boolean happens(double share) {
        return share >= 1 || (share > 0 && random.nextDouble() < share);
    }

    private ScaleResult result(long end) {
        EventCounts events = all.counts();
        return new ScaleResult(
                policy,
                entries,
                calls,
                events,
                slow.counts(),
                attackers == 0 ? new Tally().counts() : events.minus(beforeAttack),
                killed,
                (long) threads.busy() + attackers,
                observer.highWater(),
                observer.meanLive(end),
                observer.stats(events.complete()));
    }
}
