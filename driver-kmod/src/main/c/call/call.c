// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#include "call/call.h"
#include "unraced/arguments.h"

void unraced_call_begin(struct unraced_call *call, u8 syscall, u8 abi, u8 mitigation)
{
	memset(call, 0, offsetof(struct unraced_call, tail));
	call->installed = -1;
	call->record.version = UNRACED_RECORD_VERSION;
	call->record.type = UNRACED_RECORD_MERGED;
	call->record.syscall = syscall;
	call->record.abi = abi;
	call->record.mitigation = mitigation;
}

void unraced_call_registers(struct unraced_call *call, const __u64 *args)
{
	struct unraced_record *record = &call->record;
	struct unraced_registers found = unraced_registers_of(record->syscall, args);

	call->pointer = found.pointer;
	if (record->syscall == UNRACED_CONNECT) {
		record->connect.fd = found.fd;
		record->connect.addrlen = found.addrlen;
		return;
	}
	record->open.dirfd = found.fd;
	if (record->syscall == UNRACED_OPENAT2) {
		call->how_pointer = found.how_pointer;
		record->open.how_size = found.how_size;
		return;
	}
	record->open.flags = found.flags;
	record->open.mode = found.mode;
	record->how_provenance = UNRACED_PROVENANCE_KERNEL;
	record->how_integrity = UNRACED_INTEGRITY_MATCH;
}

/* Zeroes the rest of the last word after some bytes. A call of memset() would cost more than these stores. */
static void pad(u8 *bytes, u32 length)
{
	u8 *last = bytes + (length & ~7u);
	u64 word;

	if (!(length & 7))
		return;
	memcpy(&word, last, sizeof(word));
	word &= (1ull << (8 * (length & 7))) - 1;
	memcpy(last, &word, sizeof(word));
}

void unraced_call_append(struct unraced_call *call, struct unraced_slice *slice, u32 length)
{
	u32 padded = (length + 7) & ~7u;

	pad(unraced_call_room(call), length);
	slice->offset = sizeof(struct unraced_record) + call->end;
	slice->length = length;
	call->end += padded;
}

void unraced_call_remove_requested(struct unraced_call *call)
{
	memset(unraced_call_requested(call), 0, sizeof(struct unraced_slice));
	call->end = 0;
	call->record.provenance = UNRACED_PROVENANCE_NONE;
}

void unraced_call_replace_requested(struct unraced_call *call, const void *copy, u32 length)
{
	struct unraced_slice *requested = unraced_call_requested(call);
	bool changed = call->record.provenance == UNRACED_PROVENANCE_ENTER &&
		       (requested->length != length || memcmp(call->tail, copy, length));

	unraced_call_remove_requested(call);
	memcpy(unraced_call_room(call), copy, length);
	unraced_call_append(call, requested, length);
	call->record.flags &= ~UNRACED_TRUNCATED;
	call->record.provenance = UNRACED_PROVENANCE_KERNEL;
	call->record.integrity = changed ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_MATCH;
}

static bool is_confirmable(const struct unraced_call *call)
{
	return call->record.mitigation == UNRACED_MITIGATION_KERNEL &&
	       call->record.provenance == UNRACED_PROVENANCE_ENTER && !(call->record.flags & UNRACED_TRUNCATED);
}

static void confirm(struct unraced_call *call)
{
	call->record.provenance = UNRACED_PROVENANCE_KERNEL;
	call->record.integrity = UNRACED_INTEGRITY_MATCH;
}

bool unraced_call_confirm_path(struct unraced_call *call, const char *copy)
{
	u32 length = call->record.open.path.length, at;

	if (!is_confirmable(call))
		return false;
	/* No byte of a path is NUL, so the comparison ends with the shorter of the two. */
	for (at = 0; at < length; at++)
		if (call->tail[at] != (u8)copy[at])
			return false;
	if (copy[length])
		return false;
	confirm(call);
	return true;
}

bool unraced_call_confirm_address(struct unraced_call *call, const void *copy, u32 length)
{
	if (!is_confirmable(call) || call->record.connect.address.length != length || memcmp(call->tail, copy, length))
		return false;
	confirm(call);
	return true;
}

void unraced_call_compare_address(struct unraced_call *call, const void *copy, u32 length)
{
	if (!call->integrity || call->record.provenance != UNRACED_PROVENANCE_ENTER ||
	    (call->record.flags & UNRACED_TRUNCATED))
		return;
	if (call->record.connect.address.length == length && !memcmp(call->tail, copy, length))
		call->proven = 1;
	else
		call->record.integrity = UNRACED_INTEGRITY_CHANGED;
}

void unraced_call_block(struct unraced_call *call, const u32 *block, u8 provenance)
{
	call->record.connect.fd = (s32)block[0];
	call->pointer = block[1];
	call->record.connect.addrlen = (s32)block[2];
	call->record.how_provenance = provenance;
}

void unraced_call_how(struct unraced_call *call, const struct unraced_how *how, u8 provenance)
{
	struct unraced_open *open = &call->record.open;
	bool is_copy = provenance == UNRACED_PROVENANCE_KERNEL;
	bool changed = is_copy && call->record.how_provenance == UNRACED_PROVENANCE_ENTER &&
		       unraced_how_differs(how, open->flags, open->mode, open->resolve);

	open->flags = how->flags;
	open->mode = how->mode;
	open->resolve = how->resolve;
	call->record.how_provenance = provenance;
	if (is_copy)
		call->record.how_integrity = changed ? UNRACED_INTEGRITY_CHANGED : UNRACED_INTEGRITY_MATCH;
}

u32 unraced_call_finish(struct unraced_call *call)
{
	call->record.length = sizeof(struct unraced_record) + call->end;
	return call->record.length;
}
