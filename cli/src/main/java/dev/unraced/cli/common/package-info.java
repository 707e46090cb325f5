// SPDX-License-Identifier: Apache-2.0
/**
 * This package has what all commands share: the console, options and their types, exit codes, and reports of errors.
 * The laboratory's command uses it, too; it is no API for others.
 */
@NullMarked
package dev.unraced.cli.common;

import org.jspecify.annotations.NullMarked;
