/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The maps, and what lies in them. */
#ifndef UNRACED_LIB_MAPS_H
#define UNRACED_LIB_MAPS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/record.h"
#include "lib/control.h"

/* Paths up to this many bytes fit into an ordinary stash entry, longer ones need a second one. */
#define INLINE_BYTES 256
/* Up to so many are copied and compared without a helper. A power of two. */
#define SHORT_BYTES 32
/* PATH_MAX: what getname() of fs/namei.c reads at the most. A byte more could be on a page that is never touched. */
#define READ_BYTES (UNRACED_PATH_MAX + 1)

/* Where a path starts: the addresses of a mount and of a directory in it, which mean nothing but themselves. */
struct path_base {
	__u64 mount; /* struct vfsmount */
	__u64 dentry;
};

/* The socket of a connect when it began: object/connects.h. */
struct connecting {
	__u64 sock; /* struct sock; 0 when there was none, or nobody knows which one */
	__u64 peer; /* what peer_of() gave */
	__u64 block; /* of a connect through socketcall(2): where its arguments lie in memory */
	__u32 count; /* connects of the socket so far, this one's beginning included */
	__u32 unknown; /* connects of unknown sockets so far */
	__s32 device; /* that the socket was bound to */
	__u8 shared; /* somebody else held the socket */
	__u8 attempts; /* so many attempts of TCP are the request's own */
	__u8 reserved[2];
};

/* Of connects through socketcall(2), whose descriptor, pointer and length lie in memory, too. */
enum indirection { DIRECT, BLOCK_UNREAD, BLOCK_READ };

/* The arguments of a call in progress. */
struct call {
	__u64 thread_start;
	__u64 enter_ns;
	__u64 flags; /* of the call, as are mode, resolve and how_size */
	__u64 mode;
	__u64 resolve;
	__u64 how_size;
	__u64 pointer;	   /* user address of the path or the socket address */
	__u64 how_pointer; /* user address of openat2's struct open_how; of a connect, what kernelcopy/hooks.h leaves there */
	union {
		struct {
			struct path_base root; /* where an absolute path starts, and a relative one; zeros when not known or not needed */
			struct path_base start;
		};
		struct connecting connecting;
	};
	__s32 fd;	   /* the dirfd of an open, the fd of a connect */
	__s32 addrlen;
	__u32 record_flags; /* enum unraced_flag */
	__u16 length;	    /* of bytes */
	__u8 syscall;
	__u8 mitigation;
	__u8 provenance;
	__u8 how_provenance;
	__u8 integrity; /* whether the switch was on when the call entered */
	__u8 verdict;	/* on the kernel's copy of path or address: enum unraced_integrity, 0 while there is none */
	__u8 how_verdict;
	__u8 elsewhere; /* the bytes lie in the map of copies */
	__u8 abi;
	__u8 indirect; /* enum indirection */
	__u8 direct;   /* a request that puts its file into its ring's own table: the result is no descriptor */
	__u8 silent;   /* a request that counts as lost until its end is told */
	__u8 reserved[2];
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

/* A record under construction: the fixed part, then two paths or three addresses. */
#define TAIL_BYTES 8192
struct builder {
	__u64 end; /* where the next bytes go, counted from the tail's start */
	struct unraced_record record;
	__u8 tail[TAIL_BYTES + UNRACED_PATH_MAX + 1];
};

/* The longest path that a walk finds. */
#define WALK_BYTES 4096

/* A place of the stash, taken by a thread for as long as its call takes. */
struct slot {
	__u32 tid; /* 0: free */
	__u32 reserved;
	struct call call;
	__u64 behind; /* room for the NUL of a path that fills the entry */
};

/* Where a thread can have its place: so many slots, beginning at a multiple of that. */
#define SLOT_CHOICES 4

/* Their number is a power of two. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

/* Slots of threads' own, on request. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct slot);
} own_slots SEC(".maps");

/* The calls of threads whose slots are all taken by others, and of those that have to be built elsewhere. */
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

/*
 * Threads that are in a call which the stash refused, by start time. The return says so, and that the call ran. When there is
 * no room for one, the control counts it as forgotten.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} refused SEC(".maps");

/* Threads older than the capture that have returned from a call without an entry, by start time: syscall/execution.h. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} returned_once SEC(".maps");

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
	__type(value, struct builder);
} record_scratch SEC(".maps");

/* Who calls. Of a request as of its submission: another thread may carry it out, and tell of its end. */
struct caller {
	__u64 thread_start;
	__u64 cgroup;
	__u32 tid;
	__u32 tgid;
	__u32 parent_tgid;
	__u32 uid;
	__u32 gid;
	__u32 mount_ns;
	__u32 pid_ns;
	__u32 reserved;
	__u8 comm[UNRACED_COMM_SIZE];
};

/* Where a request stands: as of its submission, and what has been told of it since. */
struct progress {
	__u64 untold; /* when it was submitted, as long as there is no event of it, then 0: what is told later is nothing new */
	__u64 files; /* struct files_struct of who submitted it */
	__s32 before; /* a connect's descriptor, an open's old result: what lay where the result will */
	__s32 refusal; /* the result of one that the kernel refuses at its submission, else 0 */
	__u32 polled; /* 1: has waited for its socket, which leaves other results for a while where its own will be */
	__u32 reserved;
};

/* A request of an io_uring that is under way. The long one starts as the other does, as with calls. */
struct request {
	struct caller by;
	struct progress at;
	struct call call;
};
struct long_request {
	struct caller by;
	struct progress at;
	struct long_call call;
};

/*
 * By the address of the kernel's struct io_kiocb. Requests can end unseen, so these maps give up the oldest, and are no
 * part of the stash. One that was given up is an event without arguments.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct request);
} requests SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, struct long_request);
} long_requests SEC(".maps");

/* The requests that a completion can stand for, by all that an overflowing ring tells of it. */
struct completion_key {
	__u64 ring; /* struct io_ring_ctx */
	__u64 user_data;
};
/* Programs may give all their requests the same user_data. An entry goes with the last of them. */
struct pending_requests {
	__u64 latest; /* struct io_kiocb */
	__u64 counts; /* how many there are of which no event was made (high half), and how many of them count as lost */
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct completion_key);
	__type(value, struct pending_requests);
} pending SEC(".maps");

/*
 * What is known of a call that ends, for the functions that make its event: they are verified on their own, and can be
 * handed no more than a pointer or two. Programs that finish by a tail call leave the whole call, too.
 */
struct tail_context {
	__u64 bytes; /* where those of the path or the address are */
	__u64 file; /* of a request to connect: struct file */
	long result;
	__u8 syscall;
	__u8 is_request;
	__u8 reserved[6];
	struct long_request request;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tail_context);
} tail_context SEC(".maps");

/* One program for opens, one for connects. */
enum finisher { FINISH_OPENS, FINISH_CONNECT, FINISHERS };
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, FINISHERS);
	__type(key, __u32);
	__type(value, __u32);
} finishers SEC(".maps");

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

static __always_inline struct unraced_counters *own_stats(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

#endif
