/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts and stops a capture. */
#ifndef UNRACED_DEVICE_CONFIGURE_H
#define UNRACED_DEVICE_CONFIGURE_H

#include "call/entry.h"

int unraced_capture_configure(struct unraced_capture *capture, const struct unraced_config *config);
int unraced_capture_switch(struct unraced_capture *capture, u32 mitigation);
void unraced_capture_stop(struct unraced_capture *capture);
void unraced_capture_release(struct unraced_capture *capture);

#endif
