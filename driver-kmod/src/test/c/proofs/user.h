/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The device from user space, for the programs of the proofs. */
#ifndef UNRACED_PROOFS_USER_H
#define UNRACED_PROOFS_USER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/device.h"
#include "unraced/record.h"

#define DEVICE "/dev/unraced"

/* Returns a configuration that the module takes, and that costs little. */
static inline struct unraced_config small_config(uint32_t mitigation)
{
	struct unraced_config config;

	memset(&config, 0, sizeof(config));
	config.version = UNRACED_DEVICE_VERSION;
	config.size = sizeof(config);
	config.mitigation = mitigation;
	config.integrity = 1;
	config.syscalls = 1u << UNRACED_OPEN | 1u << UNRACED_OPENAT | 1u << UNRACED_OPENAT2 | 1u << UNRACED_CREAT |
			  1u << UNRACED_CONNECT;
	config.ring_bytes = 1 << 20;
	config.stash_entries = 64;
	config.stash_long_entries = 8;
	return config;
}

#endif
