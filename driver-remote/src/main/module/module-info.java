// SPDX-License-Identifier: Apache-2.0
/**
 * The driver of a server's captures.
 *
 * @provides dev.unraced.driver.DriverModule the driver {@code remote}
 */
module dev.unraced.remote {
    requires dev.unraced.api;
    requires dev.unraced.protocol;
    requires dev.unraced.support;
    requires io.grpc.netty.shaded;
    requires static org.jspecify;
    requires org.slf4j;

    opens dev.unraced.remote to
            com.google.guice;

    provides dev.unraced.driver.DriverModule with
            dev.unraced.remote.RemoteDriverModule;
}
