/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file judges the integrity of a claim, which is the requested path or address. CHANGED: the memory differs
 * between entry and return. MATCH: a proof shows that the claim names the object of the call. DIFFERS: the claim does
 * not name it. UNCHECKED: neither is certain.
 */
#ifndef UNRACED_OBJECT_INTEGRITY_H
#define UNRACED_OBJECT_INTEGRITY_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/record.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "object/resolved.h"
#include "path/compare.h"
#include "path/validation.h"
#include "path/walk.h"
#include "syscall/arguments.h"

static __always_inline struct comparison with_claim(struct builder *builder, struct walk *area,
						    const struct unraced_slice *claim)
{
	/* The claim is the first thing in the tail. */
	struct comparison to = { .claim = builder->tail, .other = area->bytes, .length = claim->length };

	if (to.length > UNRACED_PATH_MAX)
		to.length = UNRACED_PATH_MAX;
	return to;
}

/*
 * Returns whether a path of fewer than SHORT_BYTES bytes, with its NUL, is unchanged. Reading it needs no helper for
 * strings, which would take longer.
 */
static __always_inline bool short_path_holds(struct builder *builder, struct walk *area, const struct call *call,
					     __u32 length)
{
	__u64 difference = 0;

	if (length >= SHORT_BYTES || bpf_probe_read_user(area->bytes, in_short(length) + 1, (void *)call->pointer))
		return 0;
	#pragma unroll
	for (int word = 0; word < SHORT_BYTES / 8; word++) {
		/* The comparison includes the NUL, as zeros follow the claim. */
		__u64 mask = bytes_within(length + 1, word);

		difference |= (((const __u64 *)builder->tail)[word] ^ ((const __u64 *)area->bytes)[word]) & mask;
	}
	return !difference;
}

static __always_inline bool path_changed(struct builder *builder, struct walk *area, const struct call *call,
					 const struct unraced_slice *claim)
{
	struct comparison to = with_claim(builder, area, claim);
	long size;

	if (short_path_holds(builder, area, call, to.length))
		return 0;
	size = bpf_probe_read_user_str(area->bytes, READ_BYTES, (void *)call->pointer);
	if (size < 0)
		return 0;
	if ((size > 0 ? size - 1 : 0) != to.length)
		return 1;
	return !same_bytes(&to);
}

static __always_inline bool address_changed(struct builder *builder, struct walk *area, const struct call *call,
					    const struct unraced_slice *claim)
{
	struct comparison to = with_claim(builder, area, claim);

	if (!to.length || bpf_probe_read_user(area->bytes, in_a_byte(to.length), (void *)call->pointer))
		return 0;
	return !same_bytes(&to);
}

static __always_inline bool how_changed(const struct call *call)
{
	struct open_how how = {};
	__u64 size = call->how_size;

	if (size > sizeof(how))
		size = sizeof(how);
	if (!size || bpf_probe_read_user(&how, size, (void *)call->how_pointer))
		return 0;
	return how.flags != call->flags || how.mode != call->mode || how.resolve != call->resolve;
}

static __always_inline bool block_changed(const struct call *call)
{
	__u32 block[3];

	if (bpf_probe_read_user(block, sizeof(block), (void *)call->connecting.block))
		return 0;
	return (__s32)block[0] != call->fd || block[1] != call->pointer || (__s32)block[2] != call->addrlen;
}

/* Compares the caller's memory with the copy from entry. A change that is undone before the return goes unseen. */
static __always_inline void look_for_changes(struct builder *builder, bool is_connect, const struct call *call)
{
	struct unraced_record *record = &builder->record;
	struct walk *area = SCRATCH(walk_scratch);
	bool changed;

	if (!area || record->provenance != UNRACED_PROVENANCE_ENTER)
		return;
	if (is_connect)
		changed = address_changed(builder, area, call, &record->connect.address);
	else
		changed = path_changed(builder, area, call, &record->open.path);
	if (changed)
		record->integrity = UNRACED_INTEGRITY_CHANGED;
	if (!is_connect && call->syscall == UNRACED_OPENAT2 && record->how_provenance == UNRACED_PROVENANCE_ENTER && how_changed(call))
		record->how_integrity = UNRACED_INTEGRITY_CHANGED;
}

static __always_inline bool is_absolute(const struct builder *builder)
{
	return builder->record.open.path.length && builder->tail[0] == '/';
}

/* Returns whether the claim ends with a slash or ".", and so can name only a directory. */
static __always_inline bool needs_directory(const struct comparison *claim)
{
	__u32 length = claim->length;

	if (!length)
		return 0;
	if (requested_byte(claim, length - 1) == '/')
		return 1;
	return length > 1 && requested_byte(claim, length - 1) == '.' && requested_byte(claim, length - 2) == '/';
}

static __always_inline bool is_directory(struct file *file)
{
	struct inode *inode = KREAD(file, f_inode);

	return (KREAD(inode, i_mode) & S_IFMT) == S_IFDIR;
}

/* Returns whether the claim consists of the names on the way from the path base to the file. */
static __always_inline bool names_the_file(struct comparison *to, const struct walk *walk, bool absolute)
{
	__u32 from = walk->validation.position;

	to->position = from;
	to->end = WALK_BYTES;
	/* The walk puts a slash before each name; a relative claim has none before its first name. */
	if (!absolute && from < WALK_BYTES)
		from++;
	if (to->length < WALK_BYTES - from)
		return 0;
	if (to->length > WALK_BYTES - from)
		return same_names(to);
	to->position = from;
	return same_bytes(to);
}

static __always_inline __u8 judge_path(struct builder *builder, struct walk *walk, struct file *file)
{
	struct unraced_record *record = &builder->record;
	struct comparison to;

	if (record->flags & UNRACED_TRUNCATED)
		return UNRACED_INTEGRITY_UNCHECKED;
	to = with_claim(builder, walk, &record->open.path);
	if (!to.length || walk->validation.state != START_FOUND || walk->validation.overmounted || (walk->flags & UNRACED_DELETED))
		return UNRACED_INTEGRITY_DIFFERS;
	if (needs_directory(&to) && !is_directory(file))
		return UNRACED_INTEGRITY_DIFFERS;
	if (!names_the_file(&to, walk, is_absolute(builder)))
		return UNRACED_INTEGRITY_DIFFERS;
	if (walk->flags & (UNRACED_DETACHED | UNRACED_FOREIGN_MOUNT_NS | UNRACED_RESOLVED_UNSTABLE))
		return UNRACED_INTEGRITY_UNCHECKED;
	return UNRACED_INTEGRITY_MATCH;
}

/*
 * Judges the name of a Unix socket. An abstract name is unique; a name in the file tree can move to another socket
 * after its bind.
 */
static __always_inline __u8 judge_socket_name(struct comparison *to)
{
	bool is_abstract = to->length > sizeof(__u16) && !to->claim[sizeof(__u16)];

	to->at = sizeof(__u16);
	to->position = sizeof(__u16);
	if (is_abstract)
		return to->length == to->end && same_bytes(to) ? UNRACED_INTEGRITY_MATCH : UNRACED_INTEGRITY_DIFFERS;
	return same_socket_name(to) ? UNRACED_INTEGRITY_UNCHECKED : UNRACED_INTEGRITY_DIFFERS;
}

static __always_inline __u8 judge_in(const struct comparison *to)
{
	const struct sockaddr_in *claim = (const void *)to->claim, *peer = (const void *)to->other;

	if (to->length < __builtin_offsetof(struct sockaddr_in, zero))
		return UNRACED_INTEGRITY_UNCHECKED;
	return claim->port == peer->port && claim->address == peer->address ? UNRACED_INTEGRITY_MATCH :
									      UNRACED_INTEGRITY_DIFFERS;
}

/*
 * A link-local address means another host on each device. An address without a scope uses the device that the socket
 * was bound to before: __ip6_datagram_connect() of net/ipv6/datagram.c, tcp_v6_connect() of net/ipv6/tcp_ipv6.c.
 */
static __always_inline __u8 judge_in6(const struct comparison *to, const struct call *call)
{
	const struct sockaddr_in6 *claim = (const void *)to->claim, *peer = (const void *)to->other;
	const __u64 *left = (const void *)&claim->address, *right = (const void *)&peer->address;
	__u32 scope = 0;

	if (to->length < __builtin_offsetof(struct sockaddr_in6, scope))
		return UNRACED_INTEGRITY_UNCHECKED;
	if (claim->port != peer->port || left[0] != right[0] || left[1] != right[1])
		return UNRACED_INTEGRITY_DIFFERS;
	if (!needs_scope(&peer->address))
		return UNRACED_INTEGRITY_MATCH;
	if (to->length >= sizeof(struct sockaddr_in6))
		scope = claim->scope;
	if (!scope)
		scope = call->connecting.device;
	if (!scope || !peer->scope)
		return UNRACED_INTEGRITY_UNCHECKED;
	return scope == peer->scope ? UNRACED_INTEGRITY_MATCH : UNRACED_INTEGRITY_DIFFERS;
}

/* A datagram socket of IPv6 takes an address of IPv4, and getpeername(2) gives it as a mapped one. */
static __always_inline __u8 judge_mapped(const struct comparison *to)
{
	const struct sockaddr_in *claim = (const void *)to->claim;
	const struct sockaddr_in6 *peer = (const void *)to->other;
	const __u64 *halves = (const void *)&peer->address;

	if (to->length < __builtin_offsetof(struct sockaddr_in, zero))
		return UNRACED_INTEGRITY_UNCHECKED;
	return claim->port == peer->port && !halves[0] && halves[1] == ((__u64)claim->address << 32 | MAPPED_PREFIX) ?
		       UNRACED_INTEGRITY_MATCH :
		       UNRACED_INTEGRITY_DIFFERS;
}

static __always_inline __u8 judge_nl(const struct comparison *to)
{
	const struct sockaddr_nl *claim = (const void *)to->claim, *peer = (const void *)to->other;

	if (to->length < __builtin_offsetof(struct sockaddr_nl, behind))
		return UNRACED_INTEGRITY_UNCHECKED;
	/* The kernel keeps only one of the groups. */
	return claim->port == peer->port && claim->groups == peer->groups ? UNRACED_INTEGRITY_MATCH :
									    UNRACED_INTEGRITY_DIFFERS;
}

static __always_inline __u8 judge_address(struct builder *builder, const struct call *call)
{
	struct unraced_record *record = &builder->record;
	struct walk *area = SCRATCH(walk_scratch);
	struct unraced_slice *peer = &record->connect.remote;
	struct comparison to;
	__u32 at = (peer->offset - sizeof(*record)) & (TAIL_BYTES - 1);

	if (!area || peer->length < sizeof(__u16) || record->connect.address.length < sizeof(__u16) ||
	    builder->tail[1])
		return UNRACED_INTEGRITY_UNCHECKED;
	to = with_claim(builder, area, &record->connect.address);
	to.end = peer->length;
	bpf_probe_read_kernel(area->bytes, in_a_byte(peer->length), &builder->tail[at]);
	if (*(const __u16 *)to.claim == AF_INET && *(const __u16 *)to.other == AF_INET6)
		return judge_mapped(&to);
	if (*(const __u16 *)to.claim != *(const __u16 *)to.other)
		return UNRACED_INTEGRITY_DIFFERS;
	switch (to.claim[0]) {
	case AF_UNIX:
		return judge_socket_name(&to);
	case AF_INET:
		return judge_in(&to);
	case AF_INET6:
		return judge_in6(&to, call);
	case AF_NETLINK:
		return judge_nl(&to);
	}
	return UNRACED_INTEGRITY_UNCHECKED;
}

#endif
