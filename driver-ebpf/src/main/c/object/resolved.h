/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This file describes the object that a call really acted on, read from the kernel's own structures. */
#ifndef UNRACED_OBJECT_RESOLVED_H
#define UNRACED_OBJECT_RESOLVED_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "unraced/address.h"
#include "unraced/object.h"
#include "unraced/record.h"
#include "kernelcopy/maps.h"
#include "lib/core_access.h"
#include "lib/maps.h"
#include "path/walk.h"

/* Reserves room in the tail. It clears the last word, so that padding contains no old data. */
static __always_inline void *append(void *to, struct unraced_slice *slice, __u32 length)
{
	struct builder *builder = to;
	__u32 at = builder->end & (TAIL_BYTES - 1);
	__u8 *tail = builder->tail;

	slice->offset = sizeof(struct unraced_record) + at;
	slice->length = length;
	*(__u64 *)&tail[(at + (length & 0xfff)) & ~7u & (TAIL_BYTES - 1)] = 0;
	builder->end = (at + length + 7) & ~7u;
	return &tail[at];
}

/* Copies a short string. The bytes after its end must stay zero, as they are sent as padding. */
static __always_inline void copy_short(__u8 *to, const __u8 *from, __u32 length)
{
	#pragma unroll
	for (int word = 0; word < SHORT_BYTES / 8; word++)
		((__u64 *)to)[word] = ((const __u64 *)from)[word] & bytes_within(length, word);
}

/* Describes the file's path. walk_begin() must have run before. */
static __always_inline void describe_path(struct builder *builder, struct walk *walk)
{
	struct unraced_record *record = &builder->record;
	__u32 length;
	__u8 *target;

	find_path(walk);
	record->flags |= walk->flags;
	length = (WALK_BYTES - walk->position) & (WALK_BYTES - 1);
	target = append(builder, &record->open.resolved, length);
	bpf_probe_read_kernel(target, length, &walk->bytes[walk->position & (WALK_BYTES - 1)]);
}

static __always_inline void describe_file(struct builder *builder, struct file *file, struct walk *walk, __u32 mount_ns)
{
	unraced_describe_inode(&builder->record, file);
	walk_begin(walk, file, mount_ns, 0);
	describe_path(builder, walk);
}

/* Appends the name that a UNIX socket is bound to (R2.31). */
static __always_inline void append_un(struct builder *builder, struct unraced_slice *slice, struct sock *sk)
{
	struct unix_address *address = KREAD((struct unix_sock *)sk, addr);
	__u32 length = 0;
	__u8 *to;

	if (address)
		length = KREAD(address, len);
	if (length > UNRACED_ADDRESS_MAX)
		length = UNRACED_ADDRESS_MAX;
	if (length < sizeof(__u16)) {
		/* An unnamed socket has only a family, as getsockname(2) returns it. */
		to = append(builder, slice, sizeof(__u16));
		*(__u16 *)to = UNRACED_AF_UNIX;
		return;
	}
	to = append(builder, slice, length);
	bpf_probe_read_kernel(to, length, (void *)address + bpf_core_field_offset(struct unix_address, name));
}

static __always_inline void append_nl(struct builder *builder, struct unraced_slice *slice, __u32 port, __u32 groups)
{
	struct unraced_nl *to = (void *)append(builder, slice, __builtin_offsetof(struct unraced_nl, behind));

	*to = (struct unraced_nl){ .family = UNRACED_AF_NETLINK, .port = port, .groups = groups };
}

/* net/netlink/af_netlink.c: the state of a socket with a peer, which may be the kernel with its port 0 */
#define NETLINK_CONNECTED 1

/* Describes both ends as netlink_getname() of net/netlink/af_netlink.c does. A peer of port 0 is the kernel. */
static __always_inline void describe_netlink(struct builder *builder, struct unraced_connect *to, struct sock *sk)
{
	struct netlink_sock *netlink = (struct netlink_sock *)sk;
	__u64 *groups = KREAD(netlink, groups);
	__u32 group = KREAD(netlink, dst_group), own = 0;

	if (groups)
		bpf_probe_read_kernel(&own, sizeof(own), groups);
	append_nl(builder, &to->local, KREAD(netlink, portid), own);
	if (KREAD(sk, __sk_common.skc_state) == NETLINK_CONNECTED)
		append_nl(builder, &to->remote, KREAD(netlink, dst_portid), group ? 1u << ((group - 1) & 31) : 0);
}

/* Returns the socket behind a file, or null. A path descriptor to a socket in the file system is not a socket. */
static __always_inline struct sock *sock_of(struct file *file)
{
	struct inode *inode = KREAD(file, f_inode);
	struct super_block *super = KREAD(inode, i_sb);
	struct socket *socket;

	if ((KREAD(file, f_mode) & FMODE_PATH) || KREAD(super, s_magic) != SOCKFS_MAGIC)
		return 0;
	socket = KREAD(file, private_data);
	return (struct sock *)KREAD_NUMBER(socket, sk);
}

static __always_inline void describe_socket(struct builder *builder, struct file *file)
{
	struct unraced_record *record = &builder->record;
	struct unraced_connect *to = &record->connect;
	struct sock *sk = sock_of(file);
	struct socket *socket;

	if (!sk)
		return;
	socket = KREAD(file, private_data);
	record->flags |= UNRACED_HAS_SOCKET;
	if (unraced_is_scoped(sk))
		record->flags |= UNRACED_SOCKET_SHARED;
	to->family = KREAD(sk, __sk_common.skc_family);
	to->type = KREAD(socket, type);
	to->protocol = KREAD(sk, sk_protocol);
	if (to->family == UNRACED_AF_INET || to->family == UNRACED_AF_INET6) {
		unraced_append_internet(append, builder, to, sk);
	} else if (to->family == UNRACED_AF_UNIX) {
		struct sock *peer = KREAD((struct unix_sock *)sk, peer);

		append_un(builder, &to->local, sk);
		if (peer)
			append_un(builder, &to->remote, peer);
	} else if (to->family == UNRACED_AF_NETLINK) {
		describe_netlink(builder, to, sk);
	}
}

static __always_inline void move(struct unraced_slice *slice, __u32 by)
{
	if (slice->offset)
		slice->offset += by;
}

/*
 * Appends the names of the object that was captured inside the call, where no task can replace a descriptor, even in a
 * shared table; returns where they begin.
 */
static __always_inline __u32 append_resolved(struct builder *builder, const struct resolved *resolved)
{
	__u32 length = resolved->length & (WALK_BYTES - 1), at = builder->end;
	struct unraced_record *record = &builder->record;
	struct unraced_slice all;

	record->flags &= ~UNRACED_FD_TABLE_SHARED;
	record->flags |= resolved->flags;
	bpf_probe_read_kernel(append(builder, &all, length), length, resolved->bytes);
	return at;
}

static __always_inline void use_resolved_file(struct builder *builder, const struct resolved *resolved)
{
	struct unraced_record *record = &builder->record;
	__u32 at = append_resolved(builder, resolved);

	record->open.inode = resolved->open.inode;
	record->open.device_major = resolved->open.device_major;
	record->open.device_minor = resolved->open.device_minor;
	record->open.resolved = resolved->open.resolved;
	move(&record->open.resolved, at);
}

static __always_inline void use_resolved_socket(struct builder *builder, const struct resolved *resolved)
{
	struct unraced_record *record = &builder->record;
	__u32 at = append_resolved(builder, resolved);

	record->connect.local = resolved->connect.local;
	record->connect.remote = resolved->connect.remote;
	record->connect.family = resolved->connect.family;
	record->connect.type = resolved->connect.type;
	record->connect.protocol = resolved->connect.protocol;
	move(&record->connect.local, at);
	move(&record->connect.remote, at);
}

#endif
