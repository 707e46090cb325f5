/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * This file counts what happens to the sockets whose connects are under way (R2.43). Such a socket has an entry by the
 * address of its struct sock, from the beginning of the connect to its end. So no other socket disturbs its count,
 * however many there are, and a socket without an entry needs none.
 *
 * The connect that made the entry removes it, and one that does not find its own time in the entry later is in doubt.
 * A connect(2) that finds the entry of another overlaps with that one, and makes none of its own.
 *
 * Two maps keep the entries, since they end in different ways. That of calls has room for all calls of the stash.
 * Requests can end unseen: their map evicts, as the map of requests does, and a request replaces an entry that it
 * finds. If the former one is still under way, it holds the socket's file.
 */
#ifndef UNRACED_OBJECT_SOCKET_ACTS_H
#define UNRACED_OBJECT_SOCKET_ACTS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/maps.h"

struct socket_acts {
	__u64 since; /* enter_ns of the connect that made this entry */
	__u64 count;
};

/* The loader sets both sizes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct socket_acts);
} connecting_sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct socket_acts);
} requested_sockets SEC(".maps");

/*
 * The beginning and the end of a connect count this much: more than the own attempt that the event of a request
 * overlooks where the socket's peer tells of it.
 */
#define CONNECT_WEIGHT 2
#define OWN_ATTEMPT 1

static __always_inline struct socket_acts *acts_of(__u64 sk, bool is_request)
{
	return is_request ? bpf_map_lookup_elem(&requested_sockets, &sk) :
			    bpf_map_lookup_elem(&connecting_sockets, &sk);
}

static __always_inline bool are_requested(const struct unraced_control *shared)
{
	return shared && *(const volatile __u32 *)&shared->connect_requests;
}

/* Counts an act of a socket for the connects of it that are under way. The kernel verifies this function once. */
__noinline int count_acts(__u64 sk, __u32 weight)
{
	struct socket_acts *acts = acts_of(sk, 0);

	if (acts)
		__sync_fetch_and_add(&acts->count, weight);
	if (!are_requested(SCRATCH(control)))
		return 0;
	acts = acts_of(sk, 1);
	if (acts)
		__sync_fetch_and_add(&acts->count, weight);
	return 0;
}

/*
 * Begins the connect of a socket, and returns the count so far, with this beginning. Whoever counts later sees the
 * entry. The addition is a full barrier: whoever counted before held the socket already, as the caller sees then.
 */
static __always_inline __u64 acts_begin(struct unraced_control *shared, __u64 sk, __u64 since, bool is_request)
{
	struct socket_acts first = { .since = since }, *acts;

	if (is_request) {
		if (!are_requested(shared))
			shared->connect_requests = 1;
		bpf_map_update_elem(&requested_sockets, &sk, &first, BPF_ANY);
	} else {
		add_entry(&connecting_sockets, &sk, &first);
	}
	if (is_request || are_requested(shared)) {
		acts = acts_of(sk, !is_request);
		if (acts)
			__sync_fetch_and_add(&acts->count, CONNECT_WEIGHT);
	}
	acts = acts_of(sk, is_request);
	return acts ? __sync_fetch_and_add(&acts->count, CONNECT_WEIGHT) + CONNECT_WEIGHT : 0;
}

/* Tells whether the socket of a connect may have counted more acts than these since the connect began. */
static __always_inline bool have_acted(const struct call *call, bool is_request, __u32 acts_more)
{
	const struct socket_acts *acts = acts_of(call->connecting.sock, is_request);

	return !acts || *(const volatile __u64 *)&acts->since != call->enter_ns ||
	       *(const volatile __u64 *)&acts->count - call->connecting.count > acts_more;
}

/* Removes the entry of a connect(2), if it has one. The kernel verifies this function once. */
__noinline int connect_acts_end(const struct call *call)
{
	const struct socket_acts *acts;
	__u64 sk;

	if (!call)
		return 0;
	sk = call->connecting.sock;
	acts = acts_of(sk, 0);
	if (acts && acts->since == call->enter_ns)
		bpf_map_delete_elem(&connecting_sockets, &sk);
	return 0;
}

static __always_inline void acts_end(const struct call *call)
{
	if (call->syscall == UNRACED_CONNECT)
		connect_acts_end(call);
}

/* Does the same for a request. */
static __always_inline void acts_end_request(const struct call *call)
{
	__u64 sk = call->connecting.sock;
	const struct socket_acts *acts = acts_of(sk, 1);

	if (acts && acts->since == call->enter_ns)
		bpf_map_delete_elem(&requested_sockets, &sk);
}

#endif
