// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.unraced.driver.DriverModule;

/** Registers the driver; the file in META-INF/services names this class. */
public final class AcmeDriverModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(AcmeDriver.NAME, AcmeDriver.class);
        bindStage(AcmeDriver.NAME, AcmeStage.class);
    }

    // The driver and its stage share one machine, so that the kit's actors play where the driver looks.
    @Provides
    @Singleton
    AcmeMachine machine() {
        return new AcmeMachine();
    }
}
