// SPDX-License-Identifier: Apache-2.0
/**
 * Captures, their events and their configuration, for agents; and what the author of a driver implements.
 *
 * @uses dev.unraced.driver.DriverModule every driver on the module path or the class path
 * @uses dev.unraced.process.CgroupResolver what finds the path of a cgroup
 * @uses dev.unraced.process.ContainerResolver.Provider what asks a container runtime for names
 * @uses dev.unraced.process.UserResolver what knows the names of users
 */
// The modules that the packages are exported to depend on this one, so the compiler does not find them here.
@SuppressWarnings("module")
module dev.unraced.api {
    // Guice is an automatic module, so what it needs is named here.
    requires com.google.common;
    requires transitive com.google.guice;
    requires jakarta.inject;
    requires jdk.unsupported;
    requires static transitive org.jspecify;
    requires static jdk.jfr;
    requires org.slf4j;
    requires typesafe.config;

    exports dev.unraced.capture;
    exports dev.unraced.config;
    exports dev.unraced.driver;
    exports dev.unraced.event;
    exports dev.unraced.event.record;
    exports dev.unraced.flow;
    exports dev.unraced.linux;
    exports dev.unraced.names to
            dev.unraced.support;
    exports dev.unraced.process;
    exports dev.unraced.recording;
    exports dev.unraced.selection;

    opens dev.unraced.driver to
            com.google.guice;
    opens dev.unraced.selection to
            com.google.guice;

    uses dev.unraced.driver.DriverModule;
    uses dev.unraced.process.CgroupResolver;
    uses dev.unraced.process.ContainerResolver.Provider;
    uses dev.unraced.process.UserResolver;
}
