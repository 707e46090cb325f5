/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The last part of events that do not come by the native system calls. It takes the kernel long to verify, so it is one
 * pair of programs for all of them, entered by tail calls, which only programs of one kind may make.
 */
#ifndef UNRACED_FINISH_H
#define UNRACED_FINISH_H

static __always_inline bool is_watched(const struct unraced_control *shared, __u8 syscall)
{
	return shared->syscalls >> (syscall & 31) & 1;
}

/* Returns only when there is no such program. */
static __always_inline void finish(void *ctx, struct unraced_counters *row, __u8 syscall)
{
	bpf_tail_call(ctx, &finishers, syscall == UNRACED_CONNECT ? FINISH_CONNECT : FINISH_OPENS);
	row->unfinished++;
}

static __always_inline int on_finish(bool is_connect)
{
	struct unraced_control *shared = SCRATCH(control);
	struct unraced_counters *row = counter_row();
	struct unfinished *from = SCRATCH(unfinished);
	struct call *call;

	if (!shared || !row || !from)
		return 0;
	call = &from->request.call.call;
	from->bytes = (__u64)call->bytes;
	finish_call(row, shared, from, call, is_connect);
	if (is_connect)
		request_connect_ends(from->file);
	return 0;
}

FINISHER
int finish_opens(void *ctx)
{
	return on_finish(0);
}

FINISHER
int finish_connect(void *ctx)
{
	return on_finish(1);
}

#endif
