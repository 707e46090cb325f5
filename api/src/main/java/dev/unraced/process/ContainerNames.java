// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of containers, their images and pods, as the node's container runtime tells them. The runtime is asked on a
 * thread of its own, for all of its containers at once, at the begin and whenever somebody asks for an unknown one;
 * {@link #detailsOf} never waits. What was told of an id stays, since no other container gets the same id. Of an id
 * without an answer the runtime is asked again, after longer and longer times, as it is of new ids while answers bring
 * no name that was missed. At most {@value #CAPACITY} containers are kept: those without names are given up first, then
 * those that the runtime no longer has. Thread-safe.
 */
public final class ContainerNames {
    /** The most containers that are kept. */
    public static final int CAPACITY = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(ContainerNames.class);
    /** The ids that may wait for the next question beyond the capacity. */
    private static final int WAITING = 256;
    /** The next question about a container that is not listed comes after so many pauses at the latest. */
    private static final int MOST_PAUSES = 256;
    /** A runtime that gives no answer may be back soon, so its containers are asked for more often. */
    private static final int MOST_PAUSES_OF_FAILURE = 16;
    /** The next question about whatever container comes after so many pauses at the latest. */
    private static final int MOST_PAUSES_IN_VAIN = 16;

    private static final Entry CROWDED = new Entry(null, ContainerAbsence.CROWDED, 0, 0, 0);

    private final ContainerResolver resolver;
    private final int capacity;
    private final long pauseNanos;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicBoolean wanted = new AtomicBoolean();
    private final AtomicLong evicted = new AtomicLong();
    private final AtomicLong questions = new AtomicLong();
    private final ThreadPoolExecutor thread;
    /** When the next question may be asked. Of the thread that asks. */
    private long notBeforeNanos = System.nanoTime();
    /** The pauses behind the last question, more and more while names are missed in vain. Of the thread that asks. */
    private int pauses;
    /** Why the last question had no answer; null after an answer. Of the thread that asks. */
    private @Nullable ContainerAbsence failing;

    /**
     * An id with its names, or with the reason why it has none.
     *
     * @param details null where the names are not known
     * @param sinceNanos when the id was asked for, or its details came
     * @param againNanos when the runtime is to be asked again, of an id without details
     */
    private record Entry(
            @Nullable ContainerDetails details,
            ContainerAbsence absence,
            int pauses,
            long sinceNanos,
            long againNanos) {}

    /** Takes names from a resolver. */
    public ContainerNames(ContainerResolver resolver) {
        this(resolver, CAPACITY);
    }

    ContainerNames(ContainerResolver resolver, int capacity) {
        this.resolver = resolver;
        this.capacity = capacity;
        this.pauseNanos = resolver.pause().toNanos();
        this.thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "unraced-containers");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
        ask();
    }

    /**
     * Returns the names that a configuration asks for ({@code unraced.container-names}), or null where it does not.
     *
     * @throws InvalidConfigException when nothing on the class path can ask a runtime, or its settings are wrong
     */
    public static @Nullable ContainerNames of(CaptureConfig config) {
        if (!config.containerNames()) {
            return null;
        }
        return new ContainerNames(
                ServiceLoader.load(ContainerResolver.Provider.class, ContainerNames.class.getClassLoader())
                        .findFirst()
                        .orElseThrow(() -> new InvalidConfigException(
                                List.of("unraced.container-names (" + config.origin("unraced.container-names")
                                        + ") is on, and nothing can ask a container runtime; add unraced-cri")))
                        .open(config));
    }

    /** Returns the names of a container, or null; {@link #absenceOf} says why. Does not wait. */
    public @Nullable ContainerDetails detailsOf(Container container) {
        if (container.delegatedTo().isPresent()) {
            return null;
        }
        ContainerDetails details = entryOf(container.id()).details;
        return details != null && isOf(container, details) ? details : null;
    }

    /** Returns why {@link #detailsOf} returns null for a container; what it returns otherwise means nothing. */
    public ContainerAbsence absenceOf(Container container) {
        if (container.delegatedTo().isPresent()) {
            return ContainerAbsence.DELEGATED;
        }
        Entry entry = entryOf(container.id());
        if (entry.details == null) {
            return entry.absence;
        }
        // The names may have come since the caller looked for them.
        return isOf(container, entry.details) ? ContainerAbsence.NOT_YET : ContainerAbsence.OTHER_POD;
    }

    /** Returns the number of containers that are kept, those without names among them. */
    public int known() {
        return entries.size();
    }

    /** Returns the number of containers that were given up for others. */
    public long evicted() {
        return evicted.get();
    }

    /** Returns how often the runtime was asked. */
    public long questions() {
        return questions.get();
    }

    /** Returns whether the pod is that of the cgroup's path, or the path names none. */
    private static boolean isOf(Container container, ContainerDetails details) {
        String uid = container.pod().orElse(null);
        return uid == null || uid.equals(details.pod().uid());
    }

    private Entry entryOf(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            return begin(id);
        }
        if (entry.details == null && System.nanoTime() - entry.againNanos >= 0) {
            ask();
        }
        return entry;
    }

    private Entry begin(String id) {
        Entry entry = CROWDED;
        if (entries.size() < capacity + WAITING) {
            long now = System.nanoTime();
            Entry begun = new Entry(null, ContainerAbsence.NOT_YET, 0, now, now + MOST_PAUSES * pauseNanos);
            Entry before = entries.putIfAbsent(id, begun);
            entry = before == null ? begun : before;
        }
        ask();
        return entry;
    }

    /** Has the other thread ask the runtime, as soon as the pause is over. */
    private void ask() {
        if (wanted.compareAndSet(false, true)) {
            thread.execute(this::refresh);
        }
    }

    private void refresh() {
        try {
            TimeUnit.NANOSECONDS.sleep(notBeforeNanos - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        // An id that is missed from now on needs another answer. Those missed before are judged by this one, so the
        // time is taken later.
        wanted.set(false);
        long begun = System.nanoTime();
        if (begun - notBeforeNanos > MOST_PAUSES_IN_VAIN * pauseNanos) {
            pauses = 0;
        }
        questions.incrementAndGet();
        ContainerResolver.Listing listing;
        try {
            listing = resolver.list();
        } catch (RuntimeException | Error e) {
            // A missing library, too, fails at each question, and must not be asked without a pause.
            listing = new ContainerResolver.Failure(ContainerAbsence.NO_ANSWER, "the runtime was not asked: " + e);
        }
        Set<String> listed = Set.of();
        boolean useful = false;
        if (listing instanceof ContainerResolver.Containers containers) {
            listed = containers.byId().keySet();
            useful = listed.stream().anyMatch(this::isMissed);
            containers.byId().forEach((id, details) -> entries.put(id, known(id, details, begun)));
            judge(begun, ContainerAbsence.NOT_LISTED, MOST_PAUSES);
            failing = null;
        } else if (listing instanceof ContainerResolver.Failure failure) {
            judge(begun, failure.reason(), MOST_PAUSES_OF_FAILURE);
            if (failing != failure.reason()) {
                LOG.warn("Containers have no names: {}", failure.message());
                failing = failure.reason();
            }
        }
        evict(listed);
        // Users who may make cgroups can make new ids for ever, and others need the runtime, too.
        pauses = useful ? 1 : Math.min(Math.max(1, 2 * pauses), MOST_PAUSES_IN_VAIN);
        notBeforeNanos = begun + pauses * pauseNanos;
    }

    private boolean isMissed(String id) {
        Entry entry = entries.get(id);
        return entry != null && entry.details == null;
    }

    /** Returns the entry of a listed container: the one of before where it says the same, since writers know it. */
    private Entry known(String id, ContainerDetails details, long now) {
        Entry before = entries.get(id);
        return before != null && Objects.equals(before.details, details)
                ? before
                : new Entry(details, ContainerAbsence.NOT_YET, 0, now, now);
    }

    /** Notes the reason of all ids without names that were asked for before the question. */
    private void judge(long begun, ContainerAbsence reason, int mostPauses) {
        long now = System.nanoTime();
        entries.forEach((id, entry) -> {
            if (entry.details == null && entry.sinceNanos - begun <= 0) {
                int pauses = Math.min(Math.max(1, 2 * entry.pauses), mostPauses);
                entries.put(id, new Entry(null, reason, pauses, entry.sinceNanos, now + pauses * pauseNanos));
            }
        });
    }

    private void evict(Set<String> listed) {
        int tooMany = entries.size() - capacity;
        if (tooMany > 0) {
            Comparator<Map.Entry<String, Entry>> order = Comparator.comparing(
                            (Map.Entry<String, Entry> entry) -> entry.getValue().details != null)
                    .thenComparing(entry -> listed.contains(entry.getKey()))
                    .thenComparing(entry -> entry.getValue().sinceNanos);
            List<String> given = entries.entrySet().stream()
                    .sorted(order)
                    .limit(tooMany)
                    .map(Map.Entry::getKey)
                    .toList();
            given.forEach(entries::remove);
            evicted.addAndGet(tooMany);
        }
    }
}
