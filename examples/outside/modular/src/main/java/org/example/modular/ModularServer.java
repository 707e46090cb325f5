// SPDX-License-Identifier: Apache-2.0
package org.example.modular;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.driver.Driver;
import dev.unraced.protocol.Address;
import dev.unraced.selection.Drivers;
import dev.unraced.server.Captures;
import dev.unraced.server.GrpcServer;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Serves the capture of a simulated kernel, and prints ten events that the driver {@code remote} gets from there. */
public final class ModularServer {
    private static final String SIMULATED = "sim";

    private ModularServer() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("unraced");
        Address.Unix socket = new Address.Unix(folder.resolve("socket").toString());
        Driver driver = Drivers.discover().all().get(SIMULATED);
        try (Captures captures = new Captures(
                        driver, () -> CaptureConfig.builder().driver(SIMULATED), false, Limits.standard(), true);
                GrpcServer server = GrpcServer.start(ServerSettings.at(socket), captures);
                Capture capture = Capture.open(CaptureConfig.builder()
                        .driver("remote")
                        .set("unraced.remote.address", server.addresses().get(0).toString())
                        .build())) {
            ModularAgent.print(capture);
        } finally {
            Files.deleteIfExists(folder);
        }
    }
}
