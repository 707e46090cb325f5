// SPDX-License-Identifier: Apache-2.0
package dev.unraced.capture;

import dev.unraced.event.Abi;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of a driver: all capabilities except those that it declares to lack, each with a reason. A
 * capability that is new in a later version thus counts as provided until a driver says otherwise, and the conformance
 * kit tests it.
 *
 * <p>Thread-safe. Immutable except for {@link #withoutIf}, whose reasons are evaluated on demand.
 */
public final class Capabilities {
    private static final List<Capability> ALL = Stream.<Capability[]>of(
                    Syscall.values(),
                    Abi.values(),
                    Origin.values(),
                    Mitigation.values(),
                    Provenance.values(),
                    Integrity.values(),
                    Feature.values())
            .flatMap(Stream::of)
            .toList();

    private static final Capabilities COMPLETE = new Capabilities(Map.of(), Map.of());

    private final Map<Capability, String> lacking;
    private final Map<Capability, Supplier<@Nullable String>> doubtful;

    private Capabilities(Map<Capability, String> lacking, Map<Capability, Supplier<@Nullable String>> doubtful) {
        this.lacking = lacking;
        this.doubtful = doubtful;
    }

    /** Returns every capability. */
    public static List<Capability> all() {
        return ALL;
    }

    /** Returns a declaration that lacks nothing. */
    public static Capabilities complete() {
        return COMPLETE;
    }

    /**
     * Returns this declaration without one capability.
     *
     * @param reason the reason, one sentence for the conformance report
     * @throws IllegalArgumentException when the reason is blank
     */
    public Capabilities without(Capability capability, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("a lacking capability needs a reason: " + capability.name());
        }
        Map<Capability, String> more = new LinkedHashMap<>(lacking);
        more.put(capability, reason);
        return new Capabilities(Collections.unmodifiableMap(more), doubtful);
    }

    /**
     * Returns this declaration, without one capability if a later test finds it lacking. This is for tests that take
     * long: the test runs when this capability, or all of them, are queried.
     *
     * @param reason returns why the capability is lacking, or null when it is not; any thread calls this any number of
     *     times, so it should remember the answer
     */
    public Capabilities withoutIf(Capability capability, Supplier<@Nullable String> reason) {
        Map<Capability, Supplier<@Nullable String>> more = new LinkedHashMap<>(doubtful);
        more.put(capability, reason);
        return new Capabilities(lacking, Collections.unmodifiableMap(more));
    }

    /** Returns whether the driver has a capability. */
    public boolean has(Capability capability) {
        return reason(capability).isEmpty();
    }

    /** Returns why a capability is lacking; empty when it is not. */
    public Optional<String> reason(Capability capability) {
        String declared = lacking.get(capability);
        Supplier<@Nullable String> doubt = doubtful.get(capability);
        return Optional.ofNullable(declared != null || doubt == null ? declared : doubt.get());
    }

    /**
     * Throws when a capability is lacking (rules R12.4, R12.7, R12.10 and R16.8).
     *
     * @param driver the name of the driver, for the message
     * @throws CaptureException when the capability is lacking; the message has the declared reason
     */
    public void require(Capability capability, String driver) {
        reason(capability).ifPresent(lack -> {
            throw new CaptureException("Driver " + driver + " lacks " + describe(capability) + ": " + lack + ".");
        });
    }

    /**
     * Returns a capability in the words of the configuration, such as {@code mitigation kernel} or {@code the call
     * openat2}; one that the configuration has no word for by its name in events, such as {@code IO_URING}.
     */
    public static String describe(Capability capability) {
        String lower = capability.name().toLowerCase(Locale.ROOT);
        if (capability instanceof Mitigation) {
            return "mitigation " + lower;
        }
        if (capability instanceof Syscall) {
            return "the call " + lower;
        }
        return capability instanceof Feature ? lower.replace('_', ' ') : capability.name();
    }

    /** Returns all lacking capabilities with their reasons, in the order declared. */
    public Map<Capability, String> lacking() {
        Map<Capability, String> all = new LinkedHashMap<>(lacking);
        for (Capability capability : doubtful.keySet()) {
            reason(capability).ifPresent(reason -> all.put(capability, reason));
        }
        return Collections.unmodifiableMap(all);
    }
}
