/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The merged record: every native driver writes one per system call, and dev.unraced.event.EventView reads it. It is
 * little-endian, 8-byte aligned, and has no pointers. If enter events are configured, a second record of the same
 * layout describes the entry of the call.
 *
 * dev.unraced.event.RecordLayout holds the same offsets for Java; a test compiles this header and compares the two.
 * Change both, and UNRACED_RECORD_VERSION with them.
 *
 * The includer defines the fixed-width types (__u8 ... __s64): <linux/types.h> in user space and in a module, its own
 * definitions in a BPF program.
 */
#ifndef UNRACED_RECORD_H
#define UNRACED_RECORD_H

#define UNRACED_RECORD_VERSION 1
/* Types of records. The record of an entry has arguments, but neither result nor exit_ns, file or socket. */
#define UNRACED_RECORD_MERGED 1
#define UNRACED_RECORD_ENTER 2

#define UNRACED_COMM_SIZE 16
/* The longest string and address that a record carries, without a terminating NUL. */
#define UNRACED_PATH_MAX 4095
#define UNRACED_ADDRESS_MAX 128

enum unraced_syscall {
	UNRACED_OPEN = 1,
	UNRACED_OPENAT = 2,
	UNRACED_OPENAT2 = 3,
	UNRACED_CREAT = 4,
	UNRACED_CONNECT = 5,
};

enum unraced_abi {
	UNRACED_ABI_NATIVE = 0,
	UNRACED_ABI_IA32 = 1,
	UNRACED_ABI_X32 = 2,
};

enum unraced_origin {
	UNRACED_ORIGIN_SYSCALL = 0,
	UNRACED_ORIGIN_IO_URING = 1,
};

enum unraced_mitigation {
	UNRACED_MITIGATION_OFF = 0,
	UNRACED_MITIGATION_STASH = 1,
	UNRACED_MITIGATION_KERNEL = 2,
};

/* The place where the bytes of an argument were read. */
enum unraced_provenance {
	UNRACED_PROVENANCE_NONE = 0,
	UNRACED_PROVENANCE_EXIT = 1,
	UNRACED_PROVENANCE_ENTER = 2,
	UNRACED_PROVENANCE_KERNEL = 3,
};

/* The verdict on whether these bytes held while the call ran. */
enum unraced_integrity {
	UNRACED_INTEGRITY_UNCHECKED = 0,
	UNRACED_INTEGRITY_MATCH = 1,
	UNRACED_INTEGRITY_CHANGED = 2,
	UNRACED_INTEGRITY_DIFFERS = 3,
};

enum unraced_flag {
	/* trust */
	UNRACED_TRUNCATED = 1u << 0,	   /* argument longer than a record carries */
	UNRACED_FAULTED = 1u << 1,	   /* a pointer argument was unreadable at entry */
	UNRACED_ENTER_MISSED = 1u << 2,	   /* no stash entry belongs to this exit */
	UNRACED_STASH_FULL = 1u << 3,	   /* ... because the stash refused it */
	UNRACED_EVICTED = 1u << 4,	   /* ... because the stash evicted it */
	UNRACED_NO_ARGUMENTS = 1u << 5,	   /* the registers were unavailable, too */
	UNRACED_NOT_EXECUTED = 1u << 6,	   /* proven: the call was refused before it ran; result is the refuser's */
	UNRACED_EXECUTION_UNKNOWN = 1u << 7, /* unproven whether the call ran; weakens result, file and socket */
	/* the resolved file or socket */
	UNRACED_HAS_FILE = 1u << 8,	   /* inode, device and resolved are valid */
	UNRACED_CREATED = 1u << 9,	   /* this call created the file */
	UNRACED_DELETED = 1u << 10,	   /* the opened file had lost its name */
	UNRACED_DETACHED = 1u << 11,	   /* the file is on a mount outside every mount namespace */
	UNRACED_RESOLVED_TRUNCATED = 1u << 12, /* resolved holds only the path's tail */
	UNRACED_FD_TABLE_SHARED = 1u << 13, /* another task could have replaced the fd */
	UNRACED_HAS_SOCKET = 1u << 14,	   /* family, type, protocol, local, remote are valid */
	UNRACED_FOREIGN_MOUNT_NS = 1u << 15, /* resolved is a path in another mount namespace */
	UNRACED_WITHHELD = 1u << 16, /* the observed system withheld what it had read of an argument */
	UNRACED_SOCKET_SHARED = 1u << 17, /* another connect of the socket overlapped; weakens local and remote */
	UNRACED_RESOLVED_UNSTABLE = 1u << 18, /* a rename or a mount changed the walked path; weakens resolved */
	UNRACED_OBJECT_MISSED = 1u << 19, /* succeeded, but its file or socket is gone or ambiguous; absent */
	UNRACED_NESTED_USER_NS = 1u << 20, /* of a process event: not the first user namespace; weakens capabilities */
};

/* Bytes inside the record; offset counts from its start, 0 means absent. */
struct unraced_slice {
	__u16 offset;
	__u16 length;
};

struct unraced_open {
	__s32 dirfd; /* AT_FDCWD (-100) for open and creat */
	struct unraced_slice path;
	__u64 flags; /* raw as passed; the kernel's O_CREAT|O_WRONLY|O_TRUNC for creat */
	__u64 mode;
	__u64 resolve;	/* openat2 only */
	__u64 how_size; /* openat2 only: the size argument */
	__u64 inode;
	__u32 device_major; /* device of the superblock; stat(2) may differ on btrfs and overlay */
	__u32 device_minor;
	struct unraced_slice resolved; /* absolute in the caller's mount namespace */
	__u32 reserved;
};

struct unraced_connect {
	__s32 fd;
	struct unraced_slice address; /* struct sockaddr, at most addrlen bytes */
	__s32 addrlen;		      /* raw as passed */
	struct unraced_slice local;   /* struct sockaddr of the socket's own end */
	struct unraced_slice remote;  /* struct sockaddr of its peer */
	__u16 family;		      /* AF_*, of the socket */
	__u16 type;		      /* SOCK_*, of the socket */
	__u16 protocol;		      /* IPPROTO_* */
	__u16 reserved[19];
};

/*
 * Makes 32 bits of the start of a process in nanoseconds of CLOCK_BOOTTIME: the upper half of its product with an odd
 * number, so that starts which are close differ as surely as others.
 */
#define UNRACED_PROCESS_START(ns) ((__u32)(((ns) * 0x9e3779b97f4a7c15ull) >> 32))

struct unraced_record {
	__u32 length; /* size of the whole record in bytes, a multiple of 8 */
	__u16 version;
	__u8 type;	 /* UNRACED_RECORD_* */
	__u8 mitigation; /* enum unraced_mitigation: the mode that made this record */
	__u64 sequence;	 /* number within the source, from 1; a gap is a loss */
	__u64 enter_ns;	 /* CLOCK_BOOTTIME; 0 when the enter was missed */
	__u64 exit_ns;
	__s64 result; /* raw: fd or 0, or -errno */
	__u64 thread_start_ns; /* CLOCK_BOOTTIME; identifies the thread together with tid */
	__u64 cgroup_id;       /* id in the cgroup v2 hierarchy */
	__u32 tid;	       /* in the initial pid namespace, as are tgid and parent_tgid */
	__u32 tgid;
	__u32 parent_tgid;
	__u32 uid; /* real, in the initial user namespace, as is gid */
	__u32 gid;
	__u32 mount_ns; /* inode number of the namespace, as /proc/PID/ns shows it */
	__u32 pid_ns;
	__u32 flags;  /* enum unraced_flag */
	__u32 source; /* the source that sequence counts: a CPU, or a connection */
	__u8 syscall;
	__u8 abi;
	__u8 origin;
	__u8 provenance; /* provenance of path or address */
	__u8 integrity;
	/* how_*: of flags, mode and resolve (KERNEL if in registers); in a connect, of socketcall's block, else NONE */
	__u8 how_provenance;
	__u8 how_integrity;
	__u8 reserved;
	/* The image that made the call, together with tgid; both are 0 where the driver does not know them. */
	__u32 process_start; /* UNRACED_PROCESS_START of the process's start */
	__u8 comm[UNRACED_COMM_SIZE];
	struct unraced_slice container; /* container id, where the driver knows it */
	__u32 exec_id; /* how many programs the process and its ancestors have executed */
	union {
		struct unraced_open open;
		struct unraced_connect connect;
	};
	/* The bytes that the slices name follow. */
};

#endif
