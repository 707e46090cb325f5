// SPDX-License-Identifier: Apache-2.0
/**
 * What every command has in common: the console, the options and their types, exit codes, and how errors are reported.
 * The laboratory's command uses it, too; it is no API for others.
 */
@NullMarked
package dev.unraced.cli.common;

import org.jspecify.annotations.NullMarked;
