// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of users, as a resolver tells them. A resolver may ask a server and take long, so it runs on a thread of
 * its own, and {@link #nameOf} never waits: a name is not known at the first question, but soon after. At most
 * {@value #PLACES} names are kept, and asked for anew after ten minutes. A user without a name takes no place of one
 * who has a name, while there is another. Thread-safe.
 */
public final class UserNames {
    private static final int PLACES = 4_096;
    private static final int WAITING = 64;
    private static final long KEPT_NANOS = Duration.ofMinutes(10).toNanos();
    /** Any odd number without a pattern: ids that follow each other get places of their own. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private static final Logger LOG = LoggerFactory.getLogger(UserNames.class);

    private final UserResolver resolver;
    private final AtomicReferenceArray<@Nullable Entry> places = new AtomicReferenceArray<>(PLACES);
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
                Thread made = new Thread(task, "unraced-users");
                made.setDaemon(true);
                return made;
            },
            new ThreadPoolExecutor.AbortPolicy());

    /** The thread that asks alone uses this. */
    private boolean failed;

    /** The name is null while nobody has answered, and of a user without one. */
    private record Entry(long uid, @Nullable ByteString name, long untilNanos) {}

    /** Takes names from a resolver. */
    public UserNames(UserResolver resolver) {
        this.resolver = resolver;
        thread.allowCoreThreadTimeOut(true);
    }

    /** Returns the names of this machine's users; no user has one where there is no {@link UserResolver}. */
    public static UserNames ofThisMachine() {
        return new UserNames(ServiceLoader.load(UserResolver.class, UserNames.class.getClassLoader())
                .findFirst()
                .orElse(uid -> null));
    }

    /** Returns the name of a user, or null where it is not known, or not yet. Does not wait. */
    public @Nullable ByteString nameOf(long uid) {
        int place = (int) ((uid * SPREAD) >>> (Long.SIZE - Integer.numberOfTrailingZeros(PLACES)));
        long now = System.nanoTime();
        Entry entry = places.get(place);
        if (entry == null || entry.uid != uid) {
            // Each user has two places.
            Entry other = places.get(place ^ 1);
            if (other != null && other.uid == uid) {
                place ^= 1;
                entry = other;
            } else {
                ask(uid, isBetter(entry, other) ? place ^ 1 : place, null, now);
                return null;
            }
        }
        if (now - entry.untilNanos > 0) {
            ask(uid, place, entry.name, now);
        }
        return entry.name;
    }

    /** Returns whether the first of two entries is worth more than the second one. */
    private static boolean isBetter(@Nullable Entry one, @Nullable Entry other) {
        if (one == null || other == null) {
            return one != null;
        }
        return (one.name == null) == (other.name == null) ? one.untilNanos - other.untilNanos > 0 : one.name != null;
    }

    /** Asks on the other thread; the name of before stays until the answer. */
    private void ask(long uid, int place, @Nullable ByteString before, long now) {
        Entry asked = new Entry(uid, before, now + KEPT_NANOS);
        Entry replaced = places.getAndSet(place, asked);
        try {
            thread.execute(() -> {
                ByteString name = resolve(uid);
                places.compareAndSet(place, asked, new Entry(uid, name, asked.untilNanos));
            });
        } catch (RejectedExecutionException e) {
            // Too many ask at once; the next event of this user asks again.
            places.compareAndSet(place, asked, replaced);
        }
    }

    /** A resolver that fails knows no name: a missing library fails at each question. */
    private @Nullable ByteString resolve(long uid) {
        try {
            String name = resolver.nameOf(uid);
            return name == null ? null : ByteString.utf8(name);
        } catch (RuntimeException | Error e) {
            if (!failed) {
                LOG.warn("User {} has no name, nor may others: their names cannot be resolved", uid, e);
                failed = true;
            }
            return null;
        }
    }
}
