// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>

#include "object/integrity.h"
#include "unraced/address.h"
#include "unraced/compare.h"
#include "unraced/evidence.h"
#include "unraced/result.h"

u8 unraced_judge_path(struct unraced_scratch *scratch, const struct unraced_walk *walk, struct file *file)
{
	struct unraced_call *call = &scratch->call;
	u32 length = call->record.open.path.length;
	bool found = walk->state == UNRACED_START_FOUND;
	struct unraced_comparison to = {
		.requested = call->tail,
		.other = scratch->path,
		.length = length,
	};

	if ((call->record.flags & UNRACED_TRUNCATED) || unraced_way_is_unknown(walk->flags, found, walk->spent))
		return UNRACED_INTEGRITY_UNCHECKED;
	if (!unraced_way_leads(length, found, walk->overmounted, walk->flags) ||
	    unraced_judge_names(&to, walk->start_position, UNRACED_PATH_ROOM, unraced_call_is_absolute(call),
				S_ISDIR(file_inode(file)->i_mode)) != UNRACED_INTEGRITY_MATCH)
		return UNRACED_INTEGRITY_DIFFERS;
	return unraced_way_is_doubtful(walk->flags) ? UNRACED_INTEGRITY_UNCHECKED : UNRACED_INTEGRITY_MATCH;
}

bool unraced_is_judged(const struct unraced_call *call)
{
	return !call->integrity || call->record.provenance == UNRACED_PROVENANCE_NONE ||
	       call->record.integrity != UNRACED_INTEGRITY_UNCHECKED;
}

static u8 judge_address(const struct unraced_scratch *scratch)
{
	const struct unraced_call *call = &scratch->call;
	const struct unraced_slice *remote = &call->record.connect.remote;
	struct unraced_comparison to = {
		.requested = call->tail,
		.other = (const u8 *)&call->record + remote->offset,
		.length = call->record.connect.address.length,
		.end = remote->length,
	};

	if (!unraced_have_families(to.length, to.end))
		return UNRACED_INTEGRITY_UNCHECKED;
	return unraced_judge_by_peer(&to, scratch->act.device,
				     scratch->call.record.provenance == UNRACED_PROVENANCE_KERNEL);
}

/*
 * Compares the address with the peer. A snapshot matches only if the kernel used the same address, and the peer of an
 * earlier call is no match of what this one passed.
 */
u8 unraced_judge_connect(const struct unraced_scratch *scratch)
{
	const struct unraced_record *record = &scratch->call.record;
	u8 verdict = judge_address(scratch);
	bool doubtful = record->provenance == UNRACED_PROVENANCE_ENTER || !unraced_chose_peer(record->result);

	if (verdict == UNRACED_INTEGRITY_MATCH && doubtful && !scratch->call.proven)
		return UNRACED_INTEGRITY_UNCHECKED;
	return verdict;
}
