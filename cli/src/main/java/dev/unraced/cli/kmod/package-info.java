// SPDX-License-Identifier: Apache-2.0
/**
 * Builds, loads and unloads the kernel module. Its sources come as files in the jar of the driver kmod, so no class of
 * the driver is needed.
 */
@NullMarked
package dev.unraced.cli.kmod;

import org.jspecify.annotations.NullMarked;
