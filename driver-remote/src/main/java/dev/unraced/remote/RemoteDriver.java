// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.event.RecordLayout;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.CapabilitiesCodec;
import dev.unraced.protocol.Codes;
import dev.unraced.protocol.FiltersCodec;
import dev.unraced.protocol.Protocol;
import dev.unraced.protocol.v1.GetCapabilitiesRequest;
import dev.unraced.protocol.v1.GetCapabilitiesResponse;
import dev.unraced.protocol.v1.OwnCapture;
import dev.unraced.protocol.v1.Payload;
import dev.unraced.protocol.v1.SubscribeRequest;
import dev.unraced.ring.RingCapture;
import dev.unraced.ring.RingWriter;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;

/**
 * Subscribes to a capture that a server holds, on this machine or on another one. Needs no privilege; the server
 * decides who may subscribe.
 *
 * <p>The settings of the source (mode, sizes of ring and stash, integrity) are those of the server, unless
 * {@code unraced.remote.own-capture} asks for a capture of the subscriber's own. Then this configuration sets them, and
 * filters act at the source.
 */
public final class RemoteDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "remote";

    private final Supplier<CaptureConfig> ownConfig;

    /** Makes a driver that uses the configuration of the process where a question comes without one. */
    public RemoteDriver() {
        this(CaptureConfig::load);
    }

    RemoteDriver(Supplier<CaptureConfig> ownConfig) {
        this.ownConfig = ownConfig;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        RemoteSettings settings;
        try {
            settings = RemoteSettings.of(config);
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        }
        try (Link link = new Link(settings)) {
            ask(link, settings);
            return new Availability.Available();
        } catch (StatusRuntimeException e) {
            return Refusal.explain(settings.address(), e.getStatus());
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        } catch (CaptureException e) {
            return new Availability.Unavailable("CANNOT_CONNECT", e.getMessage() + ".", "Correct it.");
        }
    }

    /** Returns the capabilities for the configuration of the process. */
    @Override
    public Capabilities capabilities() {
        try {
            return capabilities(ownConfig.get());
        } catch (InvalidConfigException e) {
            return nothing(String.join("; ", e.problems()));
        }
    }

    /** Asks the server. Without an answer, all capabilities are lacking, for that reason. */
    @Override
    public Capabilities capabilities(CaptureConfig config) {
        RemoteSettings settings;
        try {
            settings = RemoteSettings.of(config);
        } catch (InvalidConfigException e) {
            return nothing(String.join("; ", e.problems()));
        }
        try (Link link = new Link(settings)) {
            return here(settings, CapabilitiesCodec.decode(ask(link, settings).getCapabilities()));
        } catch (StatusRuntimeException e) {
            return nothing(Refusal.explain(settings.address(), e.getStatus()).describe());
        } catch (InvalidConfigException e) {
            return nothing(String.join("; ", e.problems()));
        } catch (CaptureException e) {
            return nothing(e.getMessage());
        }
    }

    private static GetCapabilitiesResponse ask(Link link, RemoteSettings settings) {
        return link.ask(stub -> stub.getCapabilities(GetCapabilitiesRequest.newBuilder()
                .setProtocol(Protocol.VERSION)
                .setOwnCapture(settings.ownCapture())
                .build()));
    }

    /** The server cannot tell the subscriber's own calls from others over TCP. */
    private static Capabilities here(RemoteSettings settings, Capabilities capabilities) {
        Capabilities known = capabilities.has(Feature.LOSSES_BY_CALLER)
                ? capabilities.without(
                        Feature.LOSSES_BY_CALLER,
                        "what a slow subscriber loses in the server's queue is not counted by caller")
                : capabilities;
        return settings.address() instanceof Address.Tcp && known.has(Feature.OWN_CALLS)
                ? known.without(Feature.OWN_CALLS, "the server does not know which process is at the other end of TCP")
                : known;
    }

    private static Capabilities nothing(String reason) {
        Capabilities none = Capabilities.complete();
        for (var capability : Capabilities.all()) {
            none = none.without(capability, reason);
        }
        return none;
    }

    /**
     * Subscribes.
     *
     * @throws InvalidConfigException when this driver's section has a value that its key does not allow
     * @throws CaptureException when the server cannot be reached, refuses, or runs in another mode than asked for
     */
    @Override
    public Capture open(CaptureConfig config) {
        RemoteSettings settings = RemoteSettings.of(config);
        if (config.processEvents()) {
            // A server of before process events would refuse a request with a field that it does not know.
            capabilities(config).require(Feature.PROCESS_EVENTS, NAME);
        }
        if (config.limits().isOn() && !settings.ownCapture()) {
            throw new CaptureException("driver remote: the limits of the server's shared capture are the server's own."
                    + " Leave unraced.limit out, or ask for a capture of your own (unraced.remote.own-capture = on).");
        }
        RingWriter ring = new RingWriter(config.ringBytes());
        RemoteSource source = RemoteSource.start(settings, wanted(settings, config), ring);
        try {
            return new RingCapture(NAME, here(settings, source.capabilities()), ring.reader(), source);
        } catch (RuntimeException | Error e) {
            source.abandon();
            throw e;
        }
    }

    static Wanted wanted(RemoteSettings settings, CaptureConfig config) {
        return new Wanted(
                request(settings, config), config.isDefault("unraced.mitigation") ? null : config.mitigation());
    }

    static SubscribeRequest request(RemoteSettings settings, CaptureConfig config) {
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setProtocol(Protocol.VERSION)
                .setPayload(Payload.PAYLOAD_RECORDS)
                .setRecordVersion(RecordLayout.VERSION)
                .setFilters(FiltersCodec.encode(config.filters()))
                .setObserveSelf(config.observeSelf())
                .setEnterEvents(config.enterEvents())
                .setProcessEvents(config.processEvents());
        // Without a list, the server sends all calls that it watches, which can be fewer than the default.
        if (!config.isDefault("unraced.syscalls")) {
            config.syscalls().forEach(call -> request.addSyscalls(Codes.encode(call)));
        }
        if (settings.ownCapture()) {
            request.setOwnCapture(OwnCapture.newBuilder()
                    .setMitigation(Codes.encode(config.mitigation()))
                    .setIntegrity(config.integrity())
                    .setEnterEvents(config.enterEvents())
                    .setRingBytes(config.ringBytes())
                    .setStashEntries(config.stashEntries())
                    .setStashLongPaths(config.stashLongPaths())
                    .setUserLimit(config.limits().user())
                    .setCgroupLimit(config.limits().cgroup()));
        }
        return request.build();
    }
}
