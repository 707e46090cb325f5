// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

/** How events are printed; constants are named as people write them. */
enum OutputFormat {
    table,
    json,
    ocsf,
    ecs
}
