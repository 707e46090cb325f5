// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.driver.DriverModule;

/** Makes the driver known under the name {@value EbpfDriver#NAME}. */
public final class EbpfDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(EbpfDriver.NAME, EbpfDriver.class);
    }
}
