/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that a capture shares with its reader. */
#ifndef UNRACED_DEVICE_MEMORY_H
#define UNRACED_DEVICE_MEMORY_H

#include "lib/capture.h"

int unraced_memory_map(struct unraced_capture *capture);
void unraced_memory_unmap(struct unraced_capture *capture);
/* Returns whether the page at this place of the mapping is one that the reader writes. */
bool unraced_is_readers_page(const struct unraced_capture *capture, unsigned long page);

#endif
