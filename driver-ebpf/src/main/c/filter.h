/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Under which mode calls enter, and which are left out. A filter that is not asked for costs one test. */
#ifndef UNRACED_FILTER_H
#define UNRACED_FILTER_H

/* Read once in a program: the switch is live, and a call must not see it move. */
static __always_inline __u32 current_mode(const struct unraced_control *shared)
{
	return *(const volatile __u32 *)&shared->mitigation;
}

enum verdict { PASS, SELF, OTHER_TGID, OTHER_UID, OTHER_CGROUP };

static __always_inline enum verdict filter(const struct unraced_control *shared)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u32 filters = shared->filters;

	if ((filters & UNRACED_FILTER_SELF) && tgid == shared->self_tgid)
		return SELF;
	if ((filters & UNRACED_FILTER_TGIDS) && !bpf_map_lookup_elem(&tgids, &tgid))
		return OTHER_TGID;
	if (filters & UNRACED_FILTER_UIDS) {
		__u32 uid = bpf_get_current_uid_gid();

		if (!bpf_map_lookup_elem(&uids, &uid))
			return OTHER_UID;
	}
	if (filters & UNRACED_FILTER_CGROUPS) {
		__u64 cgroup = bpf_get_current_cgroup_id();

		if (!bpf_map_lookup_elem(&cgroups, &cgroup))
			return OTHER_CGROUP;
	}
	return PASS;
}

static __always_inline void count_filtered(struct unraced_counters *row, enum verdict verdict)
{
	switch (verdict) {
	case SELF:
		row->filtered_self++;
		break;
	case OTHER_TGID:
		row->filtered_tgid++;
		break;
	case OTHER_UID:
		row->filtered_uid++;
		break;
	case OTHER_CGROUP:
		row->filtered_cgroup++;
		break;
	case PASS:
		break;
	}
}

#endif
