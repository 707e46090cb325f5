// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.scripted;

import dev.unraced.driver.DriverModule;

/** Provides the scripted driver. */
public final class ScriptedModule extends DriverModule {

    @Override
    protected void configure() {
        bindDriver(ScriptedDriver.NAME, ScriptedDriver.class);
    }
}
