/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_KERNELCOPY_CONNECT_H
#define UNRACED_KERNELCOPY_CONNECT_H

#include "lib/capture.h"

int unraced_connects_start(struct unraced_capture *capture);
void unraced_connects_stop(struct unraced_capture *capture);
/* Returns whether this kernel accepts a probe on __sys_connect_file(). */
bool unraced_connects_can_probe(void);

#endif
