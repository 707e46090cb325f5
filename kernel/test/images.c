// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* This test builds records of process events. */
#include "expect.h"
#include "unraced/image.h"

static struct unraced_process_builder builder;

static void begin(void)
{
	memset(&builder, 0xff, sizeof(builder));
	builder.end = 0;
	unraced_process_begin(&builder.record, UNRACED_RECORD_EXEC, 7);
}

static const __u8 *bytes_of(const struct unraced_slice *slice)
{
	return (const __u8 *)&builder.record + slice->offset;
}

/* Returns whether zeros follow a text up to the next word. */
static bool padded(const struct unraced_slice *slice)
{
	__u32 at = slice->length;

	for (; at % 8; at++)
		if (bytes_of(slice)[at])
			return 0;
	return 1;
}

static void begins_empty(void)
{
	begin();
	EXPECT(builder.record.type == UNRACED_RECORD_EXEC);
	EXPECT(builder.record.version == UNRACED_RECORD_VERSION);
	EXPECT(builder.record.time_ns == 7);
	EXPECT(!builder.record.flags && !builder.record.path.length && !builder.record.tgid);
	EXPECT(unraced_process_size(&builder) == sizeof(struct unraced_process));
}

/* Each text begins at a word of its own, whatever its length, by either way to write it. */
static void texts(void)
{
	for (__u32 length = 1; length <= UNRACED_PATH_MAX; length++) {
		struct unraced_process *record = &builder.record;
		__u32 words = (length + 7) / 8 * 8;

		begin();
		memset(unraced_process_place(&builder, &record->path, length), 'a', length);
		memset(&builder.tail[unraced_process_end(&builder)], 'b', length);
		unraced_process_text(&builder, &record->resolved, unraced_process_end(&builder), length);
		EXPECT(record->path.offset == sizeof(*record));
		EXPECT(record->resolved.offset == sizeof(*record) + words);
		EXPECT(record->path.length == length && record->resolved.length == length);
		EXPECT(bytes_of(&record->path)[length - 1] == 'a' && padded(&record->path));
		EXPECT(bytes_of(&record->resolved)[0] == 'b' && padded(&record->resolved));
		EXPECT(unraced_process_size(&builder) == sizeof(*record) + 2 * words);
	}
}

/* The longest texts fit in front of one another. */
static void longest(void)
{
	struct unraced_process *record = &builder.record;
	struct unraced_slice *slices[] = { &record->path, &record->interpreter, &record->arguments, &record->resolved,
					   &record->cgroup };
	__u32 lengths[] = { UNRACED_PATH_MAX, 255, UNRACED_ARGUMENTS_MAX, UNRACED_PATH_MAX, UNRACED_CGROUP_PATH_MAX };

	begin();
	for (__u32 i = 0; i < 5; i++)
		memset(unraced_process_place(&builder, slices[i], lengths[i]), 'a' + i, lengths[i]);
	for (__u32 i = 0; i < 5; i++) {
		EXPECT(bytes_of(slices[i])[0] == 'a' + i && bytes_of(slices[i])[lengths[i] - 1] == 'a' + i);
		EXPECT(padded(slices[i]));
	}
	EXPECT(unraced_process_size(&builder) <= sizeof(builder) - sizeof(builder.end));
}

static void arguments(void)
{
	struct unraced_process *record = &builder.record;

	begin();
	EXPECT(unraced_arguments_room(record, 1000, 1000) == 0 && !record->arguments_size);
	EXPECT(unraced_arguments_room(record, 1000, 900) == 0 && !record->arguments_size);
	EXPECT(unraced_arguments_room(record, 1000, 1005) == 5 && record->arguments_size == 5);
	EXPECT(unraced_arguments_room(record, 0, 4095) == 4095 && !record->flags);
	EXPECT(unraced_arguments_room(record, 0, 4096) == 4095 && record->flags == UNRACED_TRUNCATED);
	EXPECT(record->arguments_size == 4096);
	EXPECT(unraced_arguments_room(record, 0, 1ull << 33) == 4095);
	EXPECT(record->arguments_size == 0xffffffff);
	unraced_process_place(&builder, &record->arguments, 5);
	unraced_arguments_faulted(record);
	EXPECT(!record->arguments.length && record->flags & UNRACED_FAULTED);
}

static void ends(void)
{
	EXPECT(unraced_exit_status(1, 9, 0x700, 0) == 9);
	EXPECT(unraced_exit_status(0, 9, 0x700, 0) == 0x700);
	EXPECT(unraced_exit_status(1, 9, 0x700, 2) == 2);
	EXPECT(unraced_exit_status(0, 9, 0x700, 2) == 0x700);
	EXPECT(unraced_fork_passes(UNRACED_PASS) && unraced_fork_passes(UNRACED_SELF));
	EXPECT(!unraced_fork_passes(UNRACED_OTHER_TGID) && !unraced_fork_passes(UNRACED_OTHER_UID));
	begin();
	unraced_process_number(&builder.record, 3, 11, 200);
	EXPECT(builder.record.source == (UNRACED_PROCESS_SOURCE | 3));
	EXPECT(builder.record.sequence == 11 && builder.record.length == 200);
}

/* A terminal is its device; numbers that no device has are none (R16.12). */
static void terminals(void)
{
	EXPECT(unraced_terminal_device(136, 0, 3) == (136u << UNRACED_MINOR_BITS | 3));
	EXPECT(unraced_terminal_device(4, 64, 1) == (4u << UNRACED_MINOR_BITS | 65));
	EXPECT(unraced_terminal_device(4095, 0, (1 << UNRACED_MINOR_BITS) - 1) == 0xffffffff);
	EXPECT(unraced_terminal_device(0, 0, 3) == UNRACED_TERMINAL_UNKNOWN);
	EXPECT(unraced_terminal_device(-1, 0, 3) == UNRACED_TERMINAL_UNKNOWN);
	EXPECT(unraced_terminal_device(4096, 0, 3) == UNRACED_TERMINAL_UNKNOWN);
	EXPECT(unraced_terminal_device(136, 0, -1) == UNRACED_TERMINAL_UNKNOWN);
	EXPECT(unraced_terminal_device(136, 1, (1 << UNRACED_MINOR_BITS) - 1) == UNRACED_TERMINAL_UNKNOWN);
}

int main(void)
{
	terminals();
	begins_empty();
	texts();
	longest();
	arguments();
	ends();
	printf("images wrong %u\n", wrong);
	return wrong != 0;
}
