// SPDX-License-Identifier: GPL-2.0-only
#include <linux/file.h>

#include "call/entry.h"
#include "iouring/request.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "unraced/request.h"

#ifdef UNRACED_READS_IO_URING

bool unraced_is_watched_request(const struct unraced_capture *capture, u8 syscall)
{
	return syscall && unraced_is_watched(capture, syscall);
}

int unraced_request_take(struct unraced_capture *capture, struct unraced_scratch *scratch, const struct io_kiocb *req)
{
	return unraced_stash_take(capture->requests, (unsigned long)req, 0,
				  unraced_requested_call(req->opcode), &scratch->call,
				  sizeof(scratch->call));
}

void unraced_request_put(struct unraced_capture *capture, struct unraced_scratch *scratch, const struct io_kiocb *req)
{
	unraced_stash_put(capture->requests, (unsigned long)req, 0, unraced_requested_call(req->opcode), &scratch->call,
			  unraced_call_bytes(&scratch->call));
}

void unraced_begin_request(struct unraced_capture *capture, struct unraced_scratch *scratch, u8 syscall, u32 filters)
{
	struct unraced_arguments none = { .syscall = syscall, .abi = UNRACED_ABI_NATIVE };

	unraced_entry_begin(capture, scratch, &none, READ_ONCE(capture->mitigation), filters);
	scratch->call.record.origin = UNRACED_ORIGIN_IO_URING;
}

bool unraced_was_put_off(const struct io_kiocb *req)
{
	return req->flags & (REQ_F_IO_DRAIN | REQ_F_FORCE_ASYNC | REQ_F_POLLED);
}

void unraced_describe_opened(struct unraced_scratch *scratch)
{
	struct unraced_record *record = &scratch->call.record;
	struct file *file;

	if (unraced_fd_table_is_shared())
		record->flags |= UNRACED_FD_TABLE_SHARED;
	file = fget_raw(record->result);
	if (!file)
		return;
	scratch->call.installed = record->result;
	unraced_describe_file(scratch, file);
	fput(file);
}

#endif
