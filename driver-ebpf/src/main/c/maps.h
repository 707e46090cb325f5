/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The maps, and what lies in them. */
#ifndef UNRACED_MAPS_H
#define UNRACED_MAPS_H

/* Paths up to this many bytes fit into an ordinary stash entry, longer ones need a second one. */
#define INLINE_BYTES 256
/* PATH_MAX: what getname() of fs/namei.c reads at the most. A byte more could be on a page that is never touched. */
#define READ_BYTES (UNRACED_PATH_MAX + 1)

/* Where a path starts: the addresses of a mount and of a directory in it, which mean nothing but themselves. */
struct place {
	__u64 mount; /* struct vfsmount */
	__u64 dentry;
};

/* The arguments of a call in progress. */
struct call {
	__u64 thread_start;
	__u64 enter_ns;
	__u64 flags; /* of the call, as are mode, resolve and how_size */
	__u64 mode;
	__u64 resolve;
	__u64 how_size;
	__u64 pointer;	   /* user address of the path or the socket address */
	__u64 how_pointer; /* user address of openat2's struct open_how */
	struct place root;  /* where an absolute path starts, and a relative one; zeros when not known or not needed */
	struct place start;
	__s32 fd;	   /* the dirfd of an open, the fd of a connect */
	__s32 addrlen;
	__u32 record_flags; /* enum unraced_flag */
	__u16 length;	    /* of bytes */
	__u8 syscall;
	__u8 mitigation;
	__u8 provenance;
	__u8 how_provenance;
	__u8 integrity; /* whether the switch was on when the call entered */
	__u8 reserved[1];
	/* With the bytes that follow, a key of the map of paths: struct path_start. */
	__u32 start_bits;
	__u8 bytes[INLINE_BYTES];
};

/* How a path starts: struct bpf_lpm_trie_key of uapi/linux/bpf.h, at its longest. */
struct path_start {
	__u32 bits;
	__u8 bytes[INLINE_BYTES];
};

/* A call with room for any path. Its start is a struct call, so one scratch area serves both maps. */
struct long_call {
	struct call call;
	__u8 more[READ_BYTES - INLINE_BYTES];
};

/* Where an exit program builds its record: the fixed part, then two paths or three addresses. */
#define TAIL_BYTES 8192
struct scratch_record {
	struct unraced_record record;
	__u8 tail[TAIL_BYTES + UNRACED_PATH_MAX + 1];
};

/* A path is built here from its end, as the walk goes from leaf to root. */
#define WALK_BYTES 4096
struct scratch_walk {
	__u8 bytes[WALK_BYTES + 256];
	__u64 cell; /* a pointer that went through it is a number to the verifier */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct call);
} stash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct long_call);
} long_stash SEC(".maps");

/* Threads that the stash refused, by start time, so that their return can say why its enter is missing. Forgets under pressure. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} refused SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct long_call);
} call_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_record);
} record_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch_walk);
} walk_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 20);
} ring SEC(".maps");

/* A ring of its own for each possible CPU, where the loader put some; the one above then only carries wake-ups. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_RINGBUF);
		__uint(max_entries, 4096);
	});
} rings SEC(".maps");

/* One row per possible CPU; the loader sets how many. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct unraced_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct unraced_control);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} tgids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} uids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u8);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} mount_namespaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct path_start);
	__type(value, __u8);
} paths SEC(".maps");

static const __u32 zero;

#define SCRATCH(map) bpf_map_lookup_elem(&(map), &zero)

static __always_inline struct unraced_counters *counter_row(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

#endif
