/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The maps and the types of their entries. */
#ifndef UNRACED_LIB_MAPS_H
#define UNRACED_LIB_MAPS_H

#include "lib/kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "unraced/evidence.h"
#include "unraced/record.h"
#include "lib/control.h"
#include "lib/thread_bits.h"

/* Paths of up to this many bytes fit into an ordinary stash entry; longer paths need a second entry. */
#define INLINE_BYTES 256
/* Paths shorter than this are copied and compared without a string helper; a power of two. */
#define SHORT_BYTES 32
/*
 * PATH_MAX, the most that getname() of fs/namei.c reads. A further byte could be on a page that the kernel never
 * touches.
 */
#define READ_BYTES (UNRACED_PATH_MAX + 1)

/* The state of the socket when its connect began: object/connects.h. */
struct connecting {
	__u64 sock; /* struct sock; 0 when the descriptor has no socket or is unknown */
	__u64 peer; /* the result of peer_of() */
	__u64 block; /* user address of the arguments of socketcall(2) */
	__u64 count; /* acts of the socket so far, including this beginning: object/socket_acts.h */
	__u64 unknown; /* connects of unknown sockets so far */
	__s32 device; /* the device that the socket was bound to */
	__u8 shared : 1; /* another descriptor or task also held the socket */
	__u8 not_unix : 1; /* the kernel took a socket of another family than AF_UNIX */
	__u8 family; /* the socket's; setsockopt(2) can make it another */
	__u16 unknown_at; /* index of the counter of unknown sockets */
};

/* Connects through socketcall(2) have their descriptor, pointer and length in memory, too. */
enum indirection { IN_REGISTERS, BLOCK_UNREAD, BLOCK_READ };

/* The arguments of a call in progress. */
struct call {
	__u64 thread_start;
	__u64 enter_ns;
	__u64 flags; /* flags, mode, resolve and how_size are the call's arguments */
	union {
		__u64 mode;
		__u64 connect_base_count; /* of a connect: changes_of_base() at the entry */
	};
	__u64 resolve;
	__u64 how_size;
	__u64 pointer;	   /* user address of the path or the socket address */
	union {
		__u64 how_pointer;  /* user address of openat2's open_how */
		__u64 connect_file; /* struct file of a connect, if programs do not receive it (kernelcopy/hooks.h) */
	};
	union {
		struct {
			struct unraced_path_base root; /* bases of absolute and relative paths; 0 if unknown */
			struct unraced_path_base start;
		};
		struct connecting connecting;
	};
	union {
		__s32 dirfd; /* of an open */
		__s32 fd;    /* of a connect */
	};
	union {
		__s32 addrlen;	   /* of a connect */
		__u32 base_count;  /* of an open: changes_of_base() at the entry */
	};
	__u32 record_flags; /* enum unraced_flag */
	__u16 length;	    /* length of bytes */
	__u8 syscall;
	__u8 mitigation;
	__u8 provenance;
	__u8 how_provenance;
	__u8 integrity; /* 1: integrity was on when the call entered */
	__u8 verdict;	/* enum unraced_integrity of the kernel's copy of path or address; 0 without a copy */
	__u8 how_verdict;
	__u8 elsewhere; /* 1: the bytes are in the map of copies */
	__u8 abi;
	__u8 indirect; /* enum indirection */
	__u8 direct_descriptor; /* 1: the result is no descriptor of the caller, as for files in a ring's own table */
	__u8 silent;   /* 1: the request counts as lost until a tracepoint reports its end */
	__u8 heed;     /* enum unraced_heed of a connect */
	__u8 unread;   /* 1: nobody tried to read the path or the address at the entry */
	union {
		__u32 filters; /* those in force when the call entered, until its path is looked up */
		/* These bits and the bytes that follow are a key of the map of paths: struct path_start. */
		__u32 start_bits;
	};
	__u8 bytes[INLINE_BYTES];
};

/* A path prefix: struct bpf_lpm_trie_key of uapi/linux/bpf.h, at its longest. */
struct path_start {
	__u32 bits;
	__u8 bytes[INLINE_BYTES];
};

/* A call with room for any path. It starts with a struct call, so one scratch area serves both maps. */
struct long_call {
	struct call call;
	__u8 more[READ_BYTES - INLINE_BYTES];
};

/* A record under construction: the fixed part, then two paths or three addresses. */
#define TAIL_BYTES 8192
struct builder {
	__u64 end; /* position of the next bytes, counted from the tail's start */
	struct unraced_record record;
	__u8 tail[TAIL_BYTES + UNRACED_PATH_MAX + 1];
};

/* The longest path that a walk finds. */
#define WALK_BYTES 4096

/* A slot of the stash, which a thread holds while its call runs. */
struct slot {
	__u32 tid; /* 0: free */
	__u32 reserved;
	struct call call;
	__u64 behind; /* room for the NUL after a path that fills the entry */
};

/* A thread can use this many adjacent slots, starting at a multiple of this number. */
#define SLOT_CHOICES 4

/* The number of slots is a power of two. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

/* Each thread has its own slot in this map, if task storage is configured. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct slot);
} own_slots SEC(".maps");

/* This map holds calls that do not fit into the slots, and calls that were built in the scratch area. */
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

/* A call that the stash refused. */
struct refusal {
	__u64 thread_start;
	__u32 filters; /* those in force when the call entered */
	__u32 mitigation;
};

/*
 * Threads in a call that the stash refused. The return then knows that the call ran, and reports the refusal. When this
 * map is full, the thread's bit in the next map is set.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct refusal);
} refused SEC(".maps");

/* Threads in a call that the stash refused, and for which the map of refused calls had no room either. */
THREAD_BITS(forgotten)

/* Threads older than the capture that have returned once from a call without an entry: syscall/execution.h. */
THREAD_BITS(returned_once)

/* The filters under which a thread last returned from a call without an entry, once they have changed. */
struct judged {
	__u64 thread_start;
	__u32 generation;
	__u32 reserved;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct judged);
} judged_once SEC(".maps");

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

/*
 * The caller of an event. A request has the caller of its submission, since another thread may execute and complete it.
 */
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
	__u32 exec_id;
	__u32 process_start; /* UNRACED_PROCESS_START */
	__u32 reserved;
	__u64 mount_ns_id; /* of a request: identifies its mount namespace for good, while mount_ns can come again */
	__u8 comm[UNRACED_COMM_SIZE];
};

/* The state of a request since its submission. */
struct progress {
	__u64 pending_since; /* time of submission while the request has no event; 0 after its event */
	__u64 files; /* struct files_struct of the submitter */
	__u64 fs;    /* struct fs_struct of the submitter */
	__s32 before; /* a connect's descriptor or an open's old result: the value that the result will replace */
	__s32 refusal; /* the result of a request that the kernel refuses at submission, else 0 */
	__u32 polled; /* 1: the request has polled its socket, which temporarily leaves poll results in cqe.res */
	__u32 punted; /* 1: a worker may run the request */
	__u64 workers; /* hand-overs to workers that share the submitter's descriptor table, before the submission */
	__u32 taken; /* requests that the kernel had taken from the ring, with this one */
	__u16 waits; /* 1: the request may run after its submitter has left io_uring_enter(2) */
	__u16 cleans; /* 1: the request had the kernel's flag that an open loses when it has run */
};

/* A pending io_uring request. A struct long_request starts with a struct request. */
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
 * Pending requests by the address of their struct io_kiocb. Requests can end unseen, so these maps evict the oldest and
 * are no part of the stash. An evicted request makes an event without arguments.
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

/* The key of requests that a completion can belong to: all that io_uring_cqe_overflow reports besides the result. */
struct completion_key {
	__u64 ring; /* struct io_ring_ctx */
	__u64 user_data;
};
/* Programs may give all their requests the same user_data. The entry is deleted with its last request. */
struct pending_requests {
	__u64 latest; /* struct io_kiocb */
	__u64 counts; /* high half: requests without an event; low half: those of them counted as lost */
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct completion_key);
	__type(value, struct pending_requests);
} pending SEC(".maps");

/*
 * The state of a call that ends, for the functions that make its event. The kernel verifies these functions separately,
 * and they take only a pointer or two. Programs that finish by a tail call leave the whole call here, too.
 */
struct tail_context {
	__u64 bytes; /* address of the bytes of the path or socket address */
	union {
		__u64 request_file; /* struct file of a connect request */
		__u64 opened_file;  /* struct file that an open reached, for match_fast_path() */
	};
	long result;
	__u8 syscall;
	__u8 is_request;
	__u8 namespace_unknown; /* 1: a request that another task may have run, in another mount namespace */
	__u8 followed; /* 1: the kernel may have acted further for this request before it reported the end */
	__u8 reserved[4];
	struct long_request request;
};
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tail_context);
} tail_context SEC(".maps");

/* The tail-call programs: one for opens, one for connects. */
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

/* If the loader puts rings here, each possible CPU has its own, and the ring above carries only wake-ups. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_RINGBUF);
		__uint(max_entries, 4096);
	});
} rings SEC(".maps");

/* One row per possible CPU; the loader sets the number. */
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
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct unraced_executable);
	__type(value, __u8);
} executables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct path_start);
	__type(value, __u8);
} paths SEC(".maps");

/* The maps above. */
enum filter_map { OF_TGIDS, OF_UIDS, OF_CGROUPS, OF_MOUNT_NAMESPACES, OF_PATHS, OF_EXECUTABLES };

/* Java leaves here what the program change_filter is to do. */
struct filter_change {
	__u32 map; /* enum filter_map */
	__u32 generations; /* the new value of a key: a bit for each generation that lets it through */
	union {
		__u32 number;
		__u64 cgroup;
		struct unraced_executable executable;
		struct path_start path;
	};
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_change);
} filter_change SEC(".maps");

static const __u32 zero;

#define SCRATCH(map) bpf_map_lookup_elem(&(map), &zero)

/*
 * Adds an entry to a map, and returns 0 or a negative errno. Before Linux 6.4 the functions that change maps return an
 * int, whose sign the register of a long lacks. A comparison with 0 is right there, and one with an errno is not.
 */
static __always_inline int add_entry(void *map, const void *key, const void *value)
{
	return bpf_map_update_elem(map, key, value, BPF_NOEXIST);
}

static __always_inline struct unraced_counters *own_stats(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

#endif
