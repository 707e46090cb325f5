// SPDX-License-Identifier: Apache-2.0
/** Meters of captures. */
module dev.unraced.micrometer {
    requires transitive dev.unraced.api;
    requires transitive micrometer.core;
    requires static org.jspecify;

    exports dev.unraced.micrometer;
}
