/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The record of a process event under construction, and what both kernel drivers decide about it. */
#ifndef UNRACED_IMAGE_H
#define UNRACED_IMAGE_H

#include "unraced/base.h"
#include "unraced/filter.h"
#include "unraced/process.h"

/* The longest cgroup path that a record holds; a cut path would name another cgroup. */
#define UNRACED_CGROUP_PATH_MAX 1024

/* Room for three texts of up to 4096 bytes, an interpreter and a cgroup; so no text ends beyond it. */
#define UNRACED_PROCESS_TAIL 16384

/* Behind the room, the tail has as much as the verifier believes that a text at its end could take. */
struct unraced_process_builder {
	__u64 end; /* position of the next bytes, counted from the tail's start */
	struct unraced_process record;
	__u8 tail[UNRACED_PROCESS_TAIL + 4096 + 8];
};

/* Returns whether a fork is an event: a child of the capturing process is another process (R16.7). */
UNRACED_INLINE bool unraced_fork_passes(int verdict)
{
	return verdict == UNRACED_PASS || verdict == UNRACED_SELF;
}

UNRACED_INLINE void unraced_process_begin(struct unraced_process *record, __u8 type, __u64 now)
{
	__builtin_memset(record, 0, sizeof(*record));
	record->length = sizeof(*record);
	record->version = UNRACED_RECORD_VERSION;
	record->type = type;
	record->time_ns = now;
}

/*
 * Returns the status as wait(2) tells it: the group's code, or that of the first thread (R16.4). Where somebody
 * rebooted the pid namespace of which the process is the first one, the kernel puts the signal of that in place of the
 * group's code when the process has ended (zap_pid_ns_processes() of kernel/pid_namespace.c); else "of_reboot" is 0.
 */
UNRACED_INLINE __s32 unraced_exit_status(bool group_exits, __s32 of_group, __s32 of_first, __s32 of_reboot)
{
	if (!group_exits)
		return of_first;
	return of_reboot ? of_reboot : of_group;
}

/*
 * Returns the device of a terminal for a record: that of its driver's first terminal, and its number among these
 * (tty_devnum() of drivers/tty/tty_io.c). Numbers that no device has are those of memory that is no terminal's any
 * more, so they tell nothing (R16.12).
 */
UNRACED_INLINE __u32 unraced_terminal_device(__s32 major, __s32 first_minor, __s32 index)
{
	__u32 minor = (__u32)first_minor + (__u32)index;

	/* The verifier follows each branch, so there are few. */
	if (!major || ((__u32)major >> (32 - UNRACED_MINOR_BITS) | minor >> UNRACED_MINOR_BITS))
		return UNRACED_TERMINAL_UNKNOWN;
	return (__u32)major << UNRACED_MINOR_BITS | minor;
}

/* Returns the place of the next text. The verifier needs the bound, which is never reached. */
UNRACED_INLINE __u32 unraced_process_end(const struct unraced_process_builder *builder)
{
	return builder->end & (UNRACED_PROCESS_TAIL - 1);
}

/* Makes room for a text in the tail, and clears what its last word may have had before. */
UNRACED_INLINE __u8 *unraced_process_place(struct unraced_process_builder *builder, struct unraced_slice *slice,
					   __u32 length)
{
	__u32 at = unraced_process_end(builder);

	slice->offset = sizeof(struct unraced_process) + at;
	slice->length = length;
	*(__u64 *)&builder->tail[(at + (length & 4095)) & ~7u & (UNRACED_PROCESS_TAIL - 1)] = 0;
	builder->end = (at + length + 7) & ~7u;
	return &builder->tail[at];
}

/* Ends a text that lies in the tail already, and clears the bytes behind it, up to the next word. */
UNRACED_INLINE void unraced_process_text(struct unraced_process_builder *builder, struct unraced_slice *slice,
					 __u32 at, __u32 length)
{
	slice->offset = sizeof(struct unraced_process) + at;
	slice->length = length;
	for (int i = 0; i < 8; i++)
		builder->tail[(at + length + i) & (UNRACED_PROCESS_TAIL - 1)] = 0;
	builder->end = (at + length + 7) & ~7u;
}

/* Tells the size of the arguments, and returns how many bytes of them the record has room for (R16.2). */
UNRACED_INLINE __u32 unraced_arguments_room(struct unraced_process *record, __u64 start, __u64 end)
{
	__u64 size = end > start ? end - start : 0;

	record->arguments_size = size > 0xffffffff ? 0xffffffff : size;
	if (size > UNRACED_ARGUMENTS_MAX) {
		record->flags |= UNRACED_TRUNCATED;
		size = UNRACED_ARGUMENTS_MAX;
	}
	return size & 4095;
}

/* The arguments could not be read. */
UNRACED_INLINE void unraced_arguments_faulted(struct unraced_process *record)
{
	record->arguments = (struct unraced_slice){};
	record->flags |= UNRACED_FAULTED;
}

/*
 * Reads the arguments from the caller's memory, before the new program runs. Another process that may write to this
 * memory can have changed them by then (R16.2).
 */
UNRACED_INLINE void unraced_describe_arguments(struct unraced_process_builder *builder, __u64 start, __u64 end)
{
	struct unraced_process *record = &builder->record;
	__u32 length = unraced_arguments_room(record, start, end);

	if (length && !unraced_read_user(unraced_process_place(builder, &record->arguments, length), length, start))
		unraced_arguments_faulted(record);
}

/* Returns the size of the record with all that its slices name. */
UNRACED_INLINE __u32 unraced_process_size(const struct unraced_process_builder *builder)
{
	return sizeof(builder->record) + (builder->end & (2 * UNRACED_PROCESS_TAIL - 1));
}

/* Process events are numbered within sources of their own (R16.1). */
UNRACED_INLINE void unraced_process_number(struct unraced_process *record, __u32 cpu, __u64 sequence, __u32 size)
{
	record->source = UNRACED_PROCESS_SOURCE | cpu;
	record->sequence = sequence;
	record->length = size;
}

#endif
