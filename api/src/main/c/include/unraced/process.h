/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The record of a process event: a process was there when the capture began, was forked, executed a program, tried to
 * and failed, or ended. It shares with the record of a call (unraced/record.h) the ring, and the places of length,
 * version, type, sequence, time, flags and source; dev.unraced.event.ProcessView reads it.
 *
 * dev.unraced.event.ProcessLayout holds the same offsets for Java; a test compiles this header and compares the two.
 */
#ifndef UNRACED_PROCESS_H
#define UNRACED_PROCESS_H

#include "unraced/record.h"

/* Types of records, after those of unraced/record.h. */
#define UNRACED_RECORD_FORK 3
#define UNRACED_RECORD_EXEC 4
#define UNRACED_RECORD_EXIT 5
/* The process was there when the capture began: its image, without path, interpreter and arguments. */
#define UNRACED_RECORD_ALIVE 6
/* An execve or execveat has failed. The process goes on as it was, unless the kernel had begun to replace it. */
#define UNRACED_RECORD_EXEC_FAILED 7

/* Added to the number of the CPU in the source of a process event. */
#define UNRACED_PROCESS_SOURCE (1u << 31)

/*
 * Size of the fixed part of the first records. Fields are added at its end only, and a reader finds its size in each
 * record: it ends where the bytes begin that the slices name, or with the record.
 */
#define UNRACED_PROCESS_FIRST_SIZE 176

/* The longest arguments that a record carries. */
#define UNRACED_ARGUMENTS_MAX 4095

/* The call that asks for an exec. */
enum unraced_exec_call {
	UNRACED_EXEC_UNKNOWN = 0, /* the entry of the call was not seen */
	UNRACED_EXECVE = 1,
	UNRACED_EXECVEAT = 2,
};

/* These values stand for a controlling terminal without a device. No terminal's major number is 0. */
enum unraced_terminal {
	UNRACED_TERMINAL_UNKNOWN = 0, /* also in records of before there was this field */
	UNRACED_NO_TERMINAL = 1,
};

/* A device number, as the kernel's dev_t has it: MINORBITS of include/linux/kdev_t.h. */
#define UNRACED_MINOR_BITS 20

struct unraced_credentials {
	__u64 capabilities; /* effective */
	__u32 uid; /* real, in the initial user namespace, as the other ids are */
	__u32 gid;
	__u32 euid;
	__u32 egid;
};

struct unraced_process {
	__u32 length; /* size of the whole record in bytes, a multiple of 8 */
	__u16 version;
	__u8 type;
	__u8 mitigation; /* failed exec: enum unraced_mitigation, the mode that made this record */
	__u64 sequence; /* number within the source, from 1; process events have sources of their own */
	__u64 start_ns; /* start of the process, CLOCK_BOOTTIME; identifies it together with tgid */
	__u64 time_ns;	/* time of the event, CLOCK_BOOTTIME */
	__u64 parent_start_ns;
	__u64 cgroup_id;
	__u32 tid;	   /* exec: the thread's id before; failed exec: the thread; exit: the last thread; else tgid */
	__u32 tgid;	   /* in the initial pid namespace, as are tid, parent_tgid, forker and session */
	__u32 parent_tgid; /* the parent as the kernel has it: with CLONE_PARENT not the forker */
	__u32 uid;	   /* real, in the initial user namespace, as the other ids are */
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u32 mount_ns;
	__u32 pid_ns;
	/* enum unraced_flag; of the executable; TRUNCATED and FAULTED are of the arguments or a failed exec's path */
	__u32 flags;
	__u32 source; /* the source that sequence counts: 2^31 and the number of the CPU */
	union {
		__s32 status; /* exit: as wait(2) tells it */
		__u32 forker; /* fork: the process that forked */
		__s32 result; /* failed exec: -errno */
	};
	__u32 exec_id; /* how many programs the process and its ancestors have executed: identifies the image */
	__u32 session;
	__u64 capabilities; /* effective */
	union {
		__u64 inode; /* of the executable, valid with HAS_FILE, as are the devices and resolved */
		__u64 forker_start_ns; /* fork: start of the process that forked */
		__u64 enter_ns; /* failed exec: time of entry, CLOCK_BOOTTIME; 0 when the entry was missed */
	};
	union {
		__u32 device_major;
		__s32 dirfd; /* failed exec: AT_FDCWD (-100) for execve */
	};
	union {
		__u32 device_minor;
		__u32 at_flags; /* failed exec: the flags of execveat, raw as passed */
	};
	__u32 arguments_size; /* size of all arguments in bytes, which may be more than the record has */
	__u32 own_tgid;	      /* the process's id in its own pid namespace */
	__u8 comm[UNRACED_COMM_SIZE];
	/* exec, failed exec: the requested path; provenance and integrity say where it was read, and whether it held */
	struct unraced_slice path;
	struct unraced_slice resolved; /* the executable, absolute in the process's mount namespace */
	/* exec: the interpreter of a script, the kernel's own copy; absent where the file was executed itself */
	struct unraced_slice interpreter;
	struct unraced_slice arguments; /* exec: each ends with NUL; read from the new image's memory before it ran */
	struct unraced_slice cgroup; /* exec, alive: path of the cgroup's directory from the root of the v2 hierarchy */
	__u8 call;	 /* exec and failed exec: enum unraced_exec_call */
	__u8 abi;	 /* of this call: enum unraced_abi */
	__u8 provenance; /* exec, failed exec: enum unraced_provenance of the path */
	__u8 integrity;	 /* exec, failed exec: enum unraced_integrity of the path */
	/* exec: the thread's credentials when the call entered; zeros where the call is unknown */
	struct unraced_credentials before;
	struct unraced_slice container; /* the container's id, of a driver that does not know it by the cgroup */
	/* the controlling terminal: its device as the kernel's dev_t has it, or enum unraced_terminal */
	__u32 terminal;
	/* The bytes that the slices name follow. */
};

#endif
