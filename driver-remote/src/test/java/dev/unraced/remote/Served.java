// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.Driver;
import dev.unraced.protocol.Address;
import dev.unraced.server.Captures;
import dev.unraced.server.GrpcServer;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import dev.unraced.sim.SimDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A server in this process, behind a UNIX socket in a directory of its own. */
final class Served implements AutoCloseable {
    /** The ring is smaller than usual: touching a full one takes longer than most tests. */
    private static final int RING_BYTES = 8 << 20;

    private final Path directory;
    private final Captures captures;
    private final ServerSettings settings;
    private GrpcServer server;

    Served(Driver driver, Supplier<CaptureConfigBuilder> config, boolean withShared, UnaryOperator<Limits> limits) {
        this(driver, config, withShared, limits, settings -> settings);
    }

    Served(
            Driver driver,
            Supplier<CaptureConfigBuilder> config,
            boolean withShared,
            UnaryOperator<Limits> limits,
            UnaryOperator<ServerSettings> more) {
        try {
            directory = Files.createTempDirectory("unraced-served");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Limits given = limits.apply(Limits.standard());
        settings = more.apply(
                ServerSettings.at(new Address.Unix(socket().toString())).limits(given));
        // A simulated process may have the id of this one; the command tells them apart by the driver's actor host.
        captures = new Captures(driver, config, !(driver instanceof SimDriver), given, withShared);
        server = GrpcServer.start(settings, captures);
    }

    /** Returns the same settings at another socket. */
    static ServerSettings at(ServerSettings settings, Path socket) {
        return ServerSettings.at(new Address.Unix(socket.toString())).limits(settings.limits());
    }

    /** Serves captures for single subscribers alone. */
    static Served own(Driver driver, Supplier<CaptureConfigBuilder> config) {
        return new Served(driver, config, false, limits -> new Limits(64, 16, 1024, limits.ringBytes()));
    }

    /** Serves a shared capture alone. */
    static Served shared(Driver driver, Supplier<CaptureConfigBuilder> config) {
        return new Served(driver, config, true, limits -> limits);
    }

    Path socket() {
        return directory.resolve("socket");
    }

    Captures captures() {
        return captures;
    }

    GrpcServer server() {
        return server;
    }

    /** Returns a configuration for a subscriber. */
    CaptureConfigBuilder client() {
        return reach(CaptureConfig.builder().driver(RemoteDriver.NAME).ringBytes(RING_BYTES));
    }

    CaptureConfigBuilder reach(CaptureConfigBuilder config) {
        return config.set("remote.address", "unix:" + socket());
    }

    RemoteDriver driver() {
        return new RemoteDriver(() -> client().build());
    }

    /** Breaks all connections, and listens again. */
    void restart() {
        server.close();
        server = GrpcServer.start(settings, captures);
    }

    @Override
    public void close() {
        server.close();
        captures.close();
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
