// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

/** The formats of printed events; constants have the names that users type. */
enum OutputFormat {
    table,
    json,
    ocsf,
    ecs
}
