// SPDX-License-Identifier: Apache-2.0
/**
 * The driver by eBPF.
 *
 * @provides dev.unraced.driver.DriverModule the driver {@code ebpf}
 */
module dev.unraced.ebpf {
    requires com.sun.jna;
    requires static org.jspecify;
    requires dev.unraced.api;
    requires dev.unraced.support;

    opens dev.unraced.ebpf to
            com.google.guice,
            com.sun.jna;
    opens dev.unraced.ebpf.libbpf to
            com.sun.jna;

    provides dev.unraced.driver.DriverModule with
            dev.unraced.ebpf.EbpfDriverModule;
}
