// SPDX-License-Identifier: Apache-2.0
/**
 * Building, loading and unloading the kernel module, whose sources come with the driver kmod: as files of its jar, so
 * that no class of the driver is needed.
 */
@NullMarked
package dev.unraced.cli.kmod;

import org.jspecify.annotations.NullMarked;
