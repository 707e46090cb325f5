// SPDX-License-Identifier: GPL-2.0-only
#include <linux/atomic.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "call/entry.h"
#include "object/connects.h"

/* A small configured stash must not cause SOCKET_SHARED. */
#define LEAST_ENTRIES 4096u

/* An entry in the table of sockets; it exists while any act of the socket is under way. */
struct socket_acts {
	u64 latest; /* number of the act that began last */
	u32 under_way;
	u32 reserved;
};

struct beginning {
	struct unraced_act *act;
	u64 before; /* number of the earlier act that the same owner continues with this one, or 0 */
	bool sole; /* no other descriptor or task holds the socket's file now */
};

/*
 * A call for a socket holds the socket's file. So a file without another holder has no other act under way, and an
 * entry that counts one was left behind by a call whose end was missed.
 */
static bool begin_on_socket(const struct unraced_edit *found, void *with)
{
	const struct beginning *beginning = with;
	struct unraced_act *act = beginning->act;
	struct socket_acts *acts = found->entry;

	if (beginning->before && acts->latest != beginning->before)
		act->overlapped = 1;
	else if (beginning->before && acts->under_way)
		acts->under_way--;
	if (beginning->sole)
		acts->under_way = 0;
	if (acts->under_way || (!beginning->sole && !found->known && (found->evicted || found->lossy)))
		act->overlapped = 1;
	acts->under_way++;
	acts->latest = act->number;
	return true;
}

static bool end_on_socket(const struct unraced_edit *found, void *with)
{
	struct socket_acts *acts = found->entry;

	if (!found->known || acts->under_way <= 1)
		return false;
	acts->under_way--;
	return true;
}

static bool is_latest(void *entry, const void *with)
{
	return ((const struct socket_acts *)entry)->latest == *(const u64 *)with;
}

/* A thread has a start time; a request has none. */
static bool is_of_request(u64 start)
{
	return !start;
}

static struct unraced_act_tables *tables_of(struct unraced_capture *capture, bool is_request)
{
	return is_request ? &capture->request_acts : &capture->call_acts;
}

void unraced_act_take(struct unraced_capture *capture, struct unraced_scratch *scratch, u64 owner, u64 start)
{
	struct unraced_stash *acts = tables_of(capture, is_of_request(start))->acts;

	scratch->acted = unraced_stash_take(acts, owner, start, 0, &scratch->act, sizeof(scratch->act)) >= 0;
}

bool unraced_act_is_alone(struct unraced_capture *capture, const struct unraced_scratch *scratch)
{
	struct unraced_stash *sockets = tables_of(capture, scratch->act.is_request)->sockets;

	/* The caller has read the socket before; the shard's lock keeps that order. */
	return scratch->acted && !scratch->act.overlapped &&
	       unraced_stash_touch(sockets, scratch->act.socket, 0, 0, is_latest, &scratch->act.number);
}

void unraced_judge_undescribed(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_record *record = &scratch->call.record;
	struct unraced_connect socket = { .address = record->connect.address };
	/*
	 * Another thread may have closed the descriptor before the connect. Then one of the two references that a
	 * thread's own call may find is another holder's.
	 */
	bool alone = !(record->flags & UNRACED_FD_TABLE_SHARED) && unraced_act_is_alone(capture, scratch);

	if (record->provenance != UNRACED_PROVENANCE_KERNEL)
		return;
	if (scratch->acted)
		socket.family = scratch->act.family;
	record->integrity = unraced_judge_copied_address(record->integrity, UNRACED_INTEGRITY_UNCHECKED, &socket,
							 scratch->call.tail, alone, unraced_act_heed(scratch),
							 record->result);
}

void unraced_act_end(struct unraced_capture *capture, struct unraced_scratch *scratch)
{
	struct unraced_stash *sockets = tables_of(capture, scratch->act.is_request)->sockets;

	if (scratch->acted)
		unraced_stash_edit(sockets, scratch->act.socket, 0, 0, false, end_on_socket, NULL);
	scratch->acted = false;
}

void unraced_act_discard(struct unraced_capture *capture, u64 owner, u64 start)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);

	unraced_act_take(capture, scratch, owner, start);
	unraced_act_end(capture, scratch);
}

/* Returns an enum unraced_heed for a connect of this socket that begins now. */
static u8 heed_of(const struct socket *socket, const struct sock *sk)
{
	bool fresh = READ_ONCE(sk->sk_state) == TCP_CLOSE && READ_ONCE(socket->state) == SS_UNCONNECTED;

	return unraced_heed(READ_ONCE(sk->sk_family), socket->type, fresh);
}

/* An act that has no entry of its own in this table. */
struct passing {
	u64 number;
	bool met; /* another act of the socket is in this table */
};

static bool pass_by(const struct unraced_edit *found, void *with)
{
	struct socket_acts *acts = found->entry;
	struct passing *passing = with;

	acts->latest = passing->number;
	passing->met = found->known;
	return found->known;
}

/* Lets an act overlap those in a table. Returns whether there was one. */
static bool pass(struct unraced_act_tables *tables, u64 socket, u64 number)
{
	struct passing passing = { .number = number };

	unraced_stash_edit(tables->sockets, socket, 0, 0, false, pass_by, &passing);
	return passing.met;
}

void unraced_act_begin(struct unraced_capture *capture, const struct socket *socket, u64 owner, u64 start,
		       bool again, bool sole)
{
	struct unraced_scratch *scratch = unraced_scratch(capture);
	const struct sock *sk = socket->sk;
	struct unraced_act act = {
		.socket = (unsigned long)sk,
		.number = atomic64_inc_return(&capture->acts_begun),
		.device = READ_ONCE(sk->sk_bound_dev_if),
		.family = READ_ONCE(sk->sk_family),
		.is_request = is_of_request(start),
	};
	struct unraced_act_tables *own = tables_of(capture, act.is_request);
	struct beginning beginning = { .act = &act, .sole = sole };

	unraced_act_take(capture, scratch, owner, start);
	if (scratch->acted && again && scratch->act.socket == act.socket) {
		beginning.before = scratch->act.number;
		act.overlapped = scratch->act.overlapped;
		act.device = scratch->act.device;
		act.family = scratch->act.family;
		act.heed = scratch->act.heed;
	} else {
		again = false;
		unraced_act_end(capture, scratch);
		/*
		 * Another holder can change the socket without an act: a shutdown(2) ends an attempt of TCP, a
		 * sendmsg(2) with MSG_FASTOPEN goes on that began earlier, a send names a UNIX socket, and a bind(2)
		 * can have passed its probe.
		 */
		act.overlapped = !sole;
	}
	unraced_stash_edit(own->sockets, act.socket, 0, 0, true, begin_on_socket, &beginning);
	/* Of a call and a request that begin at once, the one that looks later finds the other. */
	if (pass(tables_of(capture, !act.is_request), act.socket, act.number) && !sole)
		act.overlapped = 1;
	/* An act that ends before this look shows in the socket's state, and one that ends later overlaps. */
	if (!again)
		act.heed = heed_of(socket, sk);
	unraced_stash_put(own->acts, owner, start, 0, &act, sizeof(act));
	scratch->acted = false;
}

void unraced_act_unseen(struct unraced_capture *capture, const struct sock *sk)
{
	u64 number = atomic64_inc_return(&capture->acts_begun);

	pass(&capture->call_acts, (unsigned long)sk, number);
	pass(&capture->request_acts, (unsigned long)sk, number);
}

static bool allocate(struct unraced_act_tables *to, u32 entries)
{
	to->sockets = unraced_capture_new_table(entries, sizeof(struct socket_acts), false);
	to->acts = unraced_capture_new_table(entries, sizeof(struct unraced_act), false);
	return to->sockets && to->acts;
}

int unraced_acts_allocate(struct unraced_capture *capture)
{
	u32 entries = max(capture->config.stash_entries, LEAST_ENTRIES);

	return allocate(&capture->call_acts, entries) && allocate(&capture->request_acts, LEAST_ENTRIES) ? 0 : -ENOMEM;
}
