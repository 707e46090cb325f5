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

/**
 * The names of users, as a resolver tells them. A resolver may ask a server and take long, so it runs on a thread of
 * its own, and {@link #nameOf} never waits: a name is not known at the first question, but soon after. At most
 * {@value #PLACES} names are kept, and asked for anew after ten minutes. Thread-safe.
 */
public final class UserNames {
    private static final int PLACES = 4_096;
    private static final int WAITING = 64;
    private static final long KEPT_NANOS = Duration.ofMinutes(10).toNanos();
    /** Any odd number without a pattern: ids that follow each other get places of their own. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

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
            ask(uid, place, null, now);
            return null;
        }
        if (now - entry.untilNanos > 0) {
            ask(uid, place, entry.name, now);
        }
        return entry.name;
    }

    /** Asks on the other thread; the name of before stays until the answer. */
    private void ask(long uid, int place, @Nullable ByteString before, long now) {
        Entry asked = new Entry(uid, before, now + KEPT_NANOS);
        places.set(place, asked);
        try {
            thread.execute(() -> {
                String name = resolver.nameOf(uid);
                places.compareAndSet(
                        place, asked, new Entry(uid, name == null ? null : ByteString.utf8(name), asked.untilNanos));
            });
        } catch (RejectedExecutionException e) {
            // Too many ask at once; the next event of this user asks again.
            places.compareAndSet(place, asked, null);
        }
    }
}
