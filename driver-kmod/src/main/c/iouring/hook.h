/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_IOURING_HOOK_H
#define UNRACED_IOURING_HOOK_H

#include "lib/capture.h"

void unraced_requests_find(void);
u32 unraced_requests_features(void);
int unraced_requests_start(struct unraced_capture *capture);
void unraced_requests_stop(struct unraced_capture *capture);

#endif
