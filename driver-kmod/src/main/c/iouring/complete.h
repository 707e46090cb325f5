/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_IOURING_COMPLETE_H
#define UNRACED_IOURING_COMPLETE_H

#include <linux/types.h>

struct io_kiocb;

/* io_uring_complete, io_uring_fail_link and io_uring_cqe_overflow call these. Their data is the capture. */
void unraced_on_complete(void *data, void *ctx, void *completed);
void unraced_on_unlink(void *data, struct io_kiocb *req, struct io_kiocb *link);
void unraced_on_overflow(void *data, void *ctx, unsigned long long user_data, s32 result);

#endif
