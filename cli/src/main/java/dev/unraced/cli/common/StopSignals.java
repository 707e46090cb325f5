// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Turns Ctrl-C, SIGTERM and SIGHUP into a request to stop, so that the command ends as if by itself, with its own exit
 * code. A shutdown hook cannot do that: the code is settled before it runs.
 *
 * <p>A second signal ends the process at once. So does a first signal that the command ignores for some seconds, such
 * as when its output is not read. The kernel then releases what the capture holds.
 */
public final class StopSignals {
    private static final String[] SIGNALS = {"INT", "TERM", "HUP"};
    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(3);

    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    /** The signal that came before a command installed its handlers. */
    private static final AtomicReference<@Nullable String> EARLY = new AtomicReference<>();

    /** The handlers of the command. A signal that found the first handlers goes to them, however late its thread is. */
    private static final AtomicReference<@Nullable StopSignals> INSTALLED = new AtomicReference<>();

    private final Duration patience;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AtomicReference<@Nullable String> received = new AtomicReference<>();
    private final AtomicBoolean spoken = new AtomicBoolean();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile Runnable stop;
    private volatile Runnable lastWords = () -> {};
    private @Nullable Process child;

    private StopSignals(Runnable stop, Duration patience) {
        this.stop = stop;
        this.patience = patience;
    }

    /**
     * Remembers a signal from now on, for the command that installs its own handlers a little later. A second signal
     * ends the process at once, and so does the first if no command installs handlers for some seconds.
     *
     * @param lastWords prints what the user has to know then
     */
    public static void expect(Runnable lastWords) {
        handle(signal -> onEarly(signal, lastWords));
    }

    static void onEarly(String signal, Runnable lastWords) throws InterruptedException {
        boolean isFirst = EARLY.compareAndSet(null, signal);
        if (isFirst && INSTALLED.get() == null) {
            Thread.sleep(USUAL_PATIENCE.toMillis());
        }
        StopSignals command = INSTALLED.get();
        if (command == null) {
            lastWords.run();
            Runtime.getRuntime().halt(ExitCode.FAILURE);
        } else if (!isFirst || EARLY.getAndSet(null) != null) {
            // Otherwise the command has taken the signal itself.
            command.onSignal(signal);
        }
    }

    /** Remembers a first signal until {@link #stopBy} says what it stops. */
    public static StopSignals install() {
        return install(() -> {});
    }

    /** Calls {@code stop} on the first signal, on a thread of its own. */
    public static StopSignals install(Runnable stop) {
        return install(stop, USUAL_PATIENCE);
    }

    /**
     * Calls {@code stop} on the first signal, on a thread of its own.
     *
     * @param patience how long the command may take to stop before the process is ended
     */
    public static StopSignals install(Runnable stop, Duration patience) {
        StopSignals signals = new StopSignals(stop, patience);
        INSTALLED.set(signals);
        handle(signals::onSignal);
        String early = EARLY.getAndSet(null);
        if (early != null) {
            signals.received.compareAndSet(null, early);
            Thread thread = new Thread(() -> signals.takeOver(early), "unraced-early-signal");
            thread.setDaemon(true);
            thread.start();
        }
        return signals;
    }

    private void takeOver(String signal) {
        try {
            onSignal(signal);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the number of the signal that came first, by signal(7); empty if none came. */
    public OptionalInt received() {
        String signal = received.get();
        return signal == null
                ? OptionalInt.empty()
                : OptionalInt.of(
                        switch (signal) {
                            case "SIGHUP" -> 1;
                            case "SIGINT" -> 2;
                            default -> 15;
                        });
    }

    /**
     * Lets this process live on after further signals, and passes them on to a child as a request to end. Ctrl-C of a
     * terminal reaches a child in the foreground by itself. A signal that came before is {@link #received}.
     */
    public synchronized void passOn(Process process) {
        child = process;
    }

    /** Passes a signal on, or else remembers the first one, and returns whether it was passed on. */
    private synchronized boolean isPassedOn(String signal) {
        if (child == null) {
            received.compareAndSet(null, signal);
            return false;
        }
        if (!signal.equals("SIGINT") || !isInForeground(Path.of("/proc/self/stat"))) {
            child.destroy();
        }
        return true;
    }

    /** Returns whether this process group has a terminal's foreground, by proc_pid_stat(5). */
    static boolean isInForeground(Path stat) {
        try {
            String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
            // The name before these may have any characters: state, ppid, pgrp, session, tty_nr, tpgid.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            return !fields[4].equals("0") && fields[2].equals(fields[5]);
        } catch (IOException e) {
            return false;
        }
    }

    /** Says what a signal stops from now on; stops it at once if the signal came before. */
    public void stopBy(Runnable action) {
        stop = action;
        if (asked.get()) {
            action.run();
        }
    }

    /** Says what to print before a command that does not stop in time is ended, on a thread of its own. */
    public void lastWords(Runnable words) {
        lastWords = words;
    }

    /**
     * Returns whether the command may print its own summary: not after the last words, which have one. No last words
     * follow then.
     */
    public boolean takeLastWords() {
        return spoken.compareAndSet(false, true);
    }

    /** Notes that the command has stopped. */
    public void stopped() {
        done.countDown();
    }

    /** Acts on a signal, by its name. */
    private interface Reaction {
        void on(String name) throws InterruptedException;
    }

    private static void handle(Reaction reaction) {
        try {
            register(reaction);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LoggerFactory.getLogger(StopSignals.class).debug("Signals keep their default action", e);
        }
    }

    /**
     * Registers the handlers by reflection, because the compiler warns of this class in a way that cannot be
     * suppressed.
     */
    private static void register(Reaction reaction) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler invocation = (proxy, method, args) -> onCall(reaction, method, proxy, args);
        Object proxy = Proxy.newProxyInstance(StopSignals.class.getClassLoader(), new Class<?>[] {handler}, invocation);
        Method handle = signal.getMethod("handle", signal, handler);
        for (String name : SIGNALS) {
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        }
    }

    private static Object onCall(Reaction reaction, Method method, Object proxy, Object[] args)
            throws InterruptedException {
        return switch (method.getName()) {
            case "equals" -> proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "StopSignals";
            default -> {
                reaction.on(args[0].toString());
                yield 0;
            }
        };
    }

    void onSignal(String signal) throws InterruptedException {
        if (isPassedOn(signal)) {
            return;
        }
        boolean first = asked.compareAndSet(false, true);
        if (first) {
            stop.run();
        }
        if (!first || !done.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            speak();
            Runtime.getRuntime().halt(ExitCode.FAILURE);
        }
    }

    /** Prints the last words, which may need a thread that is stuck. */
    void speak() throws InterruptedException {
        if (!takeLastWords()) {
            return;
        }
        Thread speaker = new Thread(lastWords, "unraced-last-words");
        speaker.setDaemon(true);
        speaker.start();
        speaker.join(LAST_WORDS.toMillis());
    }
}
