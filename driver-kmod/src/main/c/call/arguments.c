// SPDX-License-Identifier: GPL-2.0-only
#include <linux/uaccess.h>
#include <asm/word-at-a-time.h>

#include "call/arguments.h"
#include "unraced/arguments.h"

static const void __user *user_address(u64 pointer)
{
	return (const void __user *)(unsigned long)pointer;
}

/*
 * Reads a string word by word, up to the word with its NUL, and returns an error if part of it is absent.
 * strncpy_from_user() reads in the same way, but its checks, which are constant here, take three times as long as
 * reading a usual path.
 */
static long read_words(u8 *to, u64 pointer)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	const u8 __user *from = user_address(pointer);
	unsigned long word, zeros;
	long at;

	if (!user_read_access_begin(from, UNRACED_PATH_ROOM))
		return -EFAULT;
	for (at = 0; at < UNRACED_PATH_ROOM; at += sizeof(word)) {
		unsafe_get_user(word, (const unsigned long __user *)(from + at), end);
		*(unsigned long *)(to + at) = word;
		if (has_zero(word, &zeros, &constants)) {
			user_read_access_end();
			zeros = prep_zero_mask(word, zeros, &constants);
			return at + find_zero(create_zero_mask(zeros));
		}
	}
end:
	user_read_access_end();
	return -EFAULT;
}

/* Returns the length without the NUL, UNRACED_PATH_ROOM if there is no NUL, or an error. */
static long read_string(u8 *to, u64 pointer)
{
	long length;

	pagefault_disable();
	length = read_words(to, pointer);
	if (length < 0)
		length = strncpy_from_user((char *)to, user_address(pointer), UNRACED_PATH_ROOM);
	pagefault_enable();
	return length;
}

/*
 * Returns whether the memory holds other bytes than these, or no NUL after them; an error when a page of it is absent.
 * Zeros follow, up to a full word, what was appended to a call.
 */
static int holds_others(const u8 *bytes, u32 length, u64 pointer)
{
	const u8 __user *from = user_address(pointer);
	const unsigned long *words = (const unsigned long *)bytes;
	u32 at, rest = length % sizeof(long);
	unsigned long word, differing = 0;

	if (!user_read_access_begin(from, length + sizeof(word)))
		return -EFAULT;
	for (at = 0; at + sizeof(word) <= length && !differing; at += sizeof(word)) {
		unsafe_get_user(word, (const unsigned long __user *)(from + at), fault);
		differing = word ^ words[at / sizeof(word)];
	}
	if (!differing) {
		unsafe_get_user(word, (const unsigned long __user *)(from + at), fault);
		differing = word ^ (rest ? words[at / sizeof(word)] : 0);
		/* Only the bytes up to the NUL count in the last word. */
		differing <<= 8 * (sizeof(word) - 1 - rest);
	}
	user_read_access_end();
	return differing != 0;
fault:
	user_read_access_end();
	return -EFAULT;
}

static bool read_bytes(void *to, u64 pointer, size_t size)
{
	return !size || unraced_read_user(to, size, pointer);
}

/*
 * Reads the path, of whatever bytes, up to 4,095 of them (R10.1, R10.2, R10.3); an empty one has length 0 (R10.4). One
 * that cannot be read is absent (R2.7, R2.8), and may become readable later (R2.4).
 */
static void read_path(struct unraced_call *call, u8 provenance)
{
	long length = read_string(unraced_call_room(call), call->pointer);

	if (length < 0)
		return;
	if (length > UNRACED_PATH_MAX) {
		length = UNRACED_PATH_MAX;
		call->record.flags |= UNRACED_TRUNCATED;
	}
	unraced_call_append(call, &call->record.open.path, length);
	call->record.provenance = provenance;
}

/*
 * Reads the first 128 bytes of the address, whatever family they name (R2.25, R2.26, R2.27). With a negative length
 * nothing is read (R2.28).
 */
static void read_address(struct unraced_call *call, u8 provenance)
{
	s32 size = call->record.connect.addrlen;

	if (size > UNRACED_ADDRESS_MAX) {
		size = UNRACED_ADDRESS_MAX;
		call->record.flags |= UNRACED_TRUNCATED;
	}
	/* An address of no bytes is readable wherever the pointer points. */
	if (size < 0 || !read_bytes(unraced_call_room(call), call->pointer, size))
		return;
	unraced_call_append(call, &call->record.connect.address, size);
	call->record.provenance = provenance;
}

/* Descriptor, address and length of a socketcall(2) are unknown until its block is read (R2.45). */
static bool lacks_block(const struct unraced_call *call)
{
	return call->record.syscall == UNRACED_CONNECT && call->block_pointer &&
	       call->record.how_provenance == UNRACED_PROVENANCE_NONE;
}

void unraced_read_pointers(struct unraced_call *call, u8 provenance)
{
	struct unraced_record *record = &call->record;
	struct unraced_how how;
	u32 block[3];

	if (lacks_block(call) && read_bytes(block, call->block_pointer, sizeof(block)))
		unraced_call_block(call, block, provenance);
	if (record->provenance == UNRACED_PROVENANCE_NONE && !lacks_block(call)) {
		if (record->syscall == UNRACED_CONNECT)
			read_address(call, provenance);
		else
			read_path(call, provenance);
	}
	if (record->syscall == UNRACED_OPENAT2 && record->how_provenance == UNRACED_PROVENANCE_NONE &&
	    unraced_read_how(&how, call->how_pointer, record->open.how_size))
		unraced_call_how(call, &how, provenance);
}

static bool is_incomplete(const struct unraced_call *call)
{
	const struct unraced_record *record = &call->record;

	return lacks_block(call) || record->provenance == UNRACED_PROVENANCE_NONE ||
	       (record->syscall == UNRACED_OPENAT2 && record->how_provenance == UNRACED_PROVENANCE_NONE);
}

u32 unraced_faulted(const struct unraced_call *call)
{
	const struct unraced_record *record = &call->record;

	/* The kernel does not read an address of negative length. */
	if (!is_incomplete(call) || (record->syscall == UNRACED_CONNECT && record->connect.addrlen < 0))
		return 0;
	return UNRACED_FAULTED;
}

void unraced_read_again(struct unraced_call *call)
{
	if (!is_incomplete(call))
		return;
	call->record.flags |= unraced_faulted(call);
	unraced_read_pointers(call, UNRACED_PROVENANCE_EXIT);
}

long unraced_read_path(u8 *to, u64 pointer)
{
	return read_string(to, pointer);
}

static __always_inline bool is_other_path(const u8 *path, u32 length, bool truncated, u64 pointer, u8 *room)
{
	long now;

	if (!truncated) {
		int others;

		pagefault_disable();
		others = holds_others(path, length, pointer);
		pagefault_enable();
		if (others >= 0)
			return others;
	}
	now = read_string(room, pointer);
	if (now < 0)
		return false;
	return min_t(long, now, UNRACED_PATH_MAX) != length || memcmp(room, path, length);
}

bool unraced_path_changed(const u8 *path, u32 length, bool truncated, u64 pointer, u8 *room)
{
	return is_other_path(path, length, truncated, pointer, room);
}

static bool path_changed(struct unraced_scratch *scratch)
{
	struct unraced_call *call = &scratch->call;

	return is_other_path(call->tail, call->record.open.path.length, call->record.flags & UNRACED_TRUNCATED,
			     call->pointer, scratch->bytes);
}

static bool address_changed(struct unraced_scratch *scratch)
{
	u32 length = scratch->call.record.connect.address.length;

	return read_bytes(scratch->bytes, scratch->call.pointer, length) &&
	       memcmp(scratch->bytes, scratch->call.tail, length);
}

static bool block_changed(const struct unraced_call *call)
{
	const struct unraced_connect *connect = &call->record.connect;
	u32 block[3];

	return read_bytes(block, call->block_pointer, sizeof(block)) &&
	       unraced_block_differs(block, connect->fd, call->pointer, connect->addrlen);
}

void unraced_look_for_changes(struct unraced_scratch *scratch)
{
	struct unraced_record *record = &scratch->call.record;

	if (record->provenance == UNRACED_PROVENANCE_ENTER &&
	    (record->syscall == UNRACED_CONNECT ? address_changed(scratch) : path_changed(scratch)))
		record->integrity = UNRACED_INTEGRITY_CHANGED;
	if (record->syscall == UNRACED_OPENAT2 && record->how_provenance == UNRACED_PROVENANCE_ENTER &&
	    unraced_how_changed(scratch->call.how_pointer, record->open.how_size, record->open.flags, record->open.mode,
				record->open.resolve))
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
	if (record->syscall == UNRACED_CONNECT && scratch->call.block_pointer &&
	    record->how_provenance == UNRACED_PROVENANCE_ENTER && block_changed(&scratch->call))
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
}
