/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_CALL_SCRATCH_H
#define UNRACED_CALL_SCRATCH_H

#include "call/call.h"
#include "lib/capture.h"
#include "path/walk.h"

/* A connect as the kernel carries it out: object/connects.h. */
struct unraced_act {
	u64 socket; /* the address of its struct sock */
	u64 number; /* rises with each act of the capture */
	s32 device; /* the interface that the socket was bound to before the act */
	u16 family; /* of the socket before the act; setsockopt(2) can make it another */
	u8 overlapped;
	u8 heed; /* enum unraced_heed */
	u8 is_request;
};

/*
 * The scratch memory in which a CPU builds records. Its user keeps preemption off, so no other call gets in between
 * (R1.13).
 */
struct unraced_scratch {
	struct unraced_call call;
	u8 bytes[UNRACED_PATH_ROOM]; /* bytes that the call is compared with */
	u8 path[UNRACED_PATH_ROOM];  /* the path of the opened file, written from the end */
	u64 behind; /* room for a comparison to read a word past the path */
	struct unraced_walk walk;
	struct unraced_act act;
	bool acted; /* act belongs to the call in this scratch */
};

static inline struct unraced_scratch *unraced_scratch(struct unraced_capture *capture)
{
	return &capture->scratch[smp_processor_id()];
}

#endif
