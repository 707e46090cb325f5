// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import dev.unraced.capture.Capabilities;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.protocol.v1.Lacking;
import java.util.HashSet;
import java.util.Set;

/** Converts capabilities to a message of the lacking ones, by name, and back. */
public final class CapabilitiesCodec {
    private static final int MAX_REASON = 1000;

    private CapabilitiesCodec() {}

    /** Returns the message for a driver's capabilities. */
    public static dev.unraced.protocol.v1.Capabilities encode(String driver, Capabilities capabilities) {
        dev.unraced.protocol.v1.Capabilities.Builder message = dev.unraced.protocol.v1.Capabilities.newBuilder()
                .setDriver(driver)
                .setProcessEvents(capabilities.has(Feature.PROCESS_EVENTS))
                .setLiveFilters(capabilities.has(Feature.LIVE_FILTERS))
                .setTerminals(capabilities.has(Feature.TERMINALS))
                .setFilterExecutable(capabilities.has(Feature.FILTER_EXECUTABLE))
                .setCgroupPath(capabilities.has(Feature.CGROUP_PATH));
        capabilities
                .lacking()
                .forEach((capability, reason) -> message.addLacking(
                        Lacking.newBuilder().setCapability(label(capability)).setReason(reason)));
        return message.build();
    }

    /** Returns the capabilities of a message. Unknown names are skipped, as this version could not ask for them. */
    public static Capabilities decode(dev.unraced.protocol.v1.Capabilities message) {
        Capabilities capabilities = Capabilities.complete();
        for (Capability capability : Capabilities.all()) {
            for (Lacking lacking : message.getLackingList()) {
                if (lacking.getCapability().equals(label(capability))) {
                    capabilities = capabilities.without(capability, reason(lacking));
                }
            }
        }
        capabilities = withoutUnless(
                message.getProcessEvents(),
                capabilities,
                Feature.PROCESS_EVENTS,
                "the server is of a version that streams events of calls alone");
        capabilities = withoutUnless(
                message.getLiveFilters(),
                capabilities,
                Feature.LIVE_FILTERS,
                "the server is of a version whose subscriptions keep the filters with which they began");
        capabilities = withoutUnless(
                message.getTerminals(),
                capabilities,
                Feature.TERMINALS,
                "the server is of a version whose process events name no terminal");
        capabilities = withoutUnless(
                message.getFilterExecutable(),
                capabilities,
                Feature.FILTER_EXECUTABLE,
                "the server is of a version that knows no filter by executable");
        capabilities = withoutUnless(
                message.getCgroupPath(),
                capabilities,
                Feature.CGROUP_PATH,
                "the server is of a version whose process events have no path of a cgroup");
        return capabilities;
    }

    /** Takes a feature away that a server of before it does not name as lacking. A reason of the server's stays. */
    private static Capabilities withoutUnless(
            boolean isTold, Capabilities capabilities, Feature feature, String reason) {
        return !isTold && capabilities.has(feature) ? capabilities.without(feature, reason) : capabilities;
    }

    private static String reason(Lacking lacking) {
        String told = lacking.getReason();
        String reason = told.substring(0, Math.min(MAX_REASON, told.length()));
        return reason.isBlank() ? "the server says so" : reason;
    }

    /** Returns the name alone if it is unambiguous; Mitigation.KERNEL and Provenance.KERNEL are not. */
    private static String label(Capability capability) {
        return AMBIGUOUS.contains(capability.name())
                ? ((Enum<?>) capability).getDeclaringClass().getSimpleName() + "." + capability.name()
                : capability.name();
    }

    private static final Set<String> AMBIGUOUS = ambiguous();

    private static Set<String> ambiguous() {
        Set<String> once = new HashSet<>();
        Set<String> twice = new HashSet<>();
        for (Capability capability : Capabilities.all()) {
            if (!once.add(capability.name())) {
                twice.add(capability.name());
            }
        }
        return twice;
    }
}
