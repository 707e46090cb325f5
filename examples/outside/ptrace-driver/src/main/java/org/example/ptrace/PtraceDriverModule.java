// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.google.inject.Singleton;
import dev.unraced.driver.DriverModule;

/** Registers the driver; the file in META-INF/services names this class. */
public final class PtraceDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(PtraceDriver.NAME, PtraceDriver.class);
        // The host remembers its actors, so there is one.
        bind(PtraceActorHost.class).in(Singleton.class);
        bindActorHost(PtraceDriver.NAME, PtraceActorHost.class);
    }
}
