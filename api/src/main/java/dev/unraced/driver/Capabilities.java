// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

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
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a driver reports: everything there is, less what it declares to lack, each with a reason. A capability that is
 * new in a later version is thereby claimed until a driver says otherwise, and the conformance kit will ask for it.
 *
 * <p>Thread-safe. Immutable but for what {@link #withoutIf} leaves open until somebody asks.
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

    /** Every capability that there is. */
    public static List<Capability> all() {
        return ALL;
    }

    /** A declaration that lacks nothing. */
    public static Capabilities complete() {
        return COMPLETE;
    }

    /**
     * This declaration, less one capability.
     *
     * @param reason why, one sentence for the conformance report
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
     * This declaration, less one capability if it turns out to be lacking. For what takes long to find out: it is asked
     * for when somebody wants to know about this capability, or about all.
     *
     * @param reason gives why it is lacking, or null when it is not; called by any thread and any number of times, so
     *     it should remember
     */
    public Capabilities withoutIf(Capability capability, Supplier<@Nullable String> reason) {
        Map<Capability, Supplier<@Nullable String>> more = new LinkedHashMap<>(doubtful);
        more.put(capability, reason);
        return new Capabilities(lacking, Collections.unmodifiableMap(more));
    }

    /** Whether the driver has a capability. */
    public boolean has(Capability capability) {
        return reason(capability) == null;
    }

    /** Why a capability is lacking, or null when it is not. */
    public @Nullable String reason(Capability capability) {
        String declared = lacking.get(capability);
        Supplier<@Nullable String> doubt = doubtful.get(capability);
        return declared != null || doubt == null ? declared : doubt.get();
    }

    /**
     * Refuses what is lacking.
     *
     * @param driver whose capabilities these are, for the message
     * @throws CaptureException when the capability is lacking; the message has the declared reason
     */
    public void require(Capability capability, String driver) {
        String lack = reason(capability);
        if (lack != null) {
            throw new CaptureException("Driver " + driver + " has no " + capability.name() + ": " + lack + ".");
        }
    }

    /** All that is lacking, each with its reason, in the order declared. */
    public Map<Capability, String> lacking() {
        Map<Capability, String> all = new LinkedHashMap<>(lacking);
        for (Capability capability : doubtful.keySet()) {
            String reason = reason(capability);
            if (reason != null) {
                all.put(capability, reason);
            }
        }
        return Collections.unmodifiableMap(all);
    }
}
