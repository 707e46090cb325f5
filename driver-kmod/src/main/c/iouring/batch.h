/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_IOURING_BATCH_H
#define UNRACED_IOURING_BATCH_H

#include "lib/capture.h"

/* Attaches to the return of the kernel function that opens a file for a request. */
void unraced_batch_start(struct unraced_capture *capture);
void unraced_batch_stop(struct unraced_capture *capture);

#endif
