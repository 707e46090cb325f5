// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.Availability;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Feature;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.FiltersCodec;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.v1.GetCapabilitiesRequest;
import dev.unraced.protocol.v1.GetCapabilitiesResponse;
import dev.unraced.protocol.v1.SetEnterEventsRequest;
import dev.unraced.protocol.v1.SetFiltersRequest;
import dev.unraced.protocol.v1.SetMitigationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;

/** Changes the shared capture of a server while it runs. Needs the permission to control. */
public final class RemoteControl {

    private RemoteControl() {}

    /**
     * Gives the shared capture the mode, the enter events and the filters of a configuration, for all subscribers. The
     * section {@code unraced.remote} names the server. Calls under way keep the mode and the filters under which they
     * entered.
     *
     * @return the address of the server
     * @throws CaptureException when the server refuses; its message says what was changed before
     * @throws dev.unraced.config.InvalidConfigException when the section is wrong
     */
    public static String apply(CaptureConfig config) {
        RemoteSettings settings = RemoteSettings.of(config);
        List<String> changed = new ArrayList<>();
        try (Link link = new Link(settings)) {
            GetCapabilitiesResponse now = link.ask(stub -> stub.getCapabilities(GetCapabilitiesRequest.newBuilder()
                    .setProtocol(Protocol.VERSION)
                    .build()));
            CapabilitiesCodec.decode(now.getCapabilities()).require(Feature.LIVE_FILTERS, RemoteDriver.NAME);
            if (RemoteSource.mode(now.getStats()) != config.mitigation()) {
                link.ask(stub -> stub.setMitigation(SetMitigationRequest.newBuilder()
                        .setMitigation(Codes.encode(config.mitigation()))
                        .build()));
                changed.add("the mode");
            }
            if (now.getStats().getEnterEvents() != config.enterEvents()) {
                link.ask(stub -> stub.setEnterEvents(SetEnterEventsRequest.newBuilder()
                        .setEnterEvents(config.enterEvents())
                        .build()));
                changed.add("enter events");
            }
            link.ask(stub -> stub.setFilters(SetFiltersRequest.newBuilder()
                    .setFilters(FiltersCodec.encode(config.filters()))
                    .build()));
            return settings.address().toString();
        } catch (StatusRuntimeException e) {
            String before =
                    changed.isEmpty() ? "" : " Before that it has changed " + String.join(" and ", changed) + ".";
            throw new CaptureException(
                    "driver remote: "
                            + explain(settings.address(), e.getStatus()).describe() + before,
                    e);
        }
    }

    /** Explains a refusal; other options name those who may control than those who may subscribe. */
    private static Availability explain(Address address, Status status) {
        return switch (status.getCode()) {
            case PERMISSION_DENIED, UNAUTHENTICATED ->
                new Availability.Unavailable(
                        "NOT_ALLOWED",
                        "The server at " + address + " refuses: " + Refusal.sentence(Refusal.why(status)),
                        "Have its operator name you with --control-user or --control-certificate.");
            default -> Refusal.explain(address, status);
        };
    }
}
