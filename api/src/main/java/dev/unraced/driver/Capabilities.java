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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a driver reports: everything there is, less what it declares to lack, each with a reason. A capability that is
 * new in a later version is thereby claimed until a driver says otherwise, and the conformance kit will ask for it.
 *
 * <p>Immutable and thread-safe.
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

    private static final Capabilities COMPLETE = new Capabilities(Map.of());

    private final Map<Capability, String> lacking;

    private Capabilities(Map<Capability, String> lacking) {
        this.lacking = lacking;
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
        return new Capabilities(Collections.unmodifiableMap(more));
    }

    /** Whether the driver has a capability. */
    public boolean has(Capability capability) {
        return !lacking.containsKey(capability);
    }

    /** Why a capability is lacking, or null when it is not. */
    public @Nullable String reason(Capability capability) {
        return lacking.get(capability);
    }

    /**
     * Refuses what is lacking.
     *
     * @param driver whose capabilities these are, for the message
     * @throws CaptureException when the capability is lacking; the message has the declared reason
     */
    public void require(Capability capability, String driver) {
        String lack = lacking.get(capability);
        if (lack != null) {
            throw new CaptureException("Driver " + driver + " has no " + capability.name() + ": " + lack + ".");
        }
    }

    /** All that is lacking, each with its reason, in the order declared. */
    public Map<Capability, String> lacking() {
        return lacking;
    }
}
