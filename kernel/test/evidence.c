// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* This test asks for what arguments and ways prove. */
#include "expect.h"
#include "unraced/arguments.h"
#include "unraced/evidence.h"

static void registers(void)
{
	const __u64 args[4] = { 0xffffffff00000003ull, 0x1000, 0xffffffff00000042ull, 0644 };
	struct unraced_registers found = unraced_registers_of(UNRACED_OPENAT, args);

	EXPECT(found.fd == 3 && found.pointer == 0x1000 && found.flags == 0x42 &&
	       found.mode == 0644);
	found = unraced_registers_of(UNRACED_CREAT, args);
	EXPECT(found.fd == UNRACED_AT_FDCWD && found.flags == UNRACED_CREAT_FLAGS &&
	       found.mode == 0x1000);
	found = unraced_registers_of(UNRACED_OPENAT2, args);
	EXPECT(found.how_pointer == args[2] && found.how_size == 0644 && !found.flags);
	found = unraced_registers_of(UNRACED_CONNECT, args);
	EXPECT(found.fd == 3 && found.addrlen == 0x42);
}

static void blocks(void)
{
	const __u32 block[3] = { -1, 0x1000, 16 };
	const struct unraced_how passed = { .flags = 1, .mode = 2, .resolve = 3 };
	__u64 how_at = (unsigned long)&passed;
	struct unraced_how how;

	EXPECT(!unraced_block_differs(block, -1, 0x1000, 16) &&
	       unraced_block_differs(block, -1, 0x1000, 17));
	EXPECT(!unraced_how_changed(how_at, 1 << 20, 1, 2, 3) &&
	       unraced_how_changed(how_at, 24, 1, 2, 4));
	EXPECT(unraced_how_changed(how_at, 8, 2, 0, 0) && !unraced_how_changed(how_at, 8, 1, 0, 0));
	EXPECT(unraced_read_how(&how, 0, 0) && !how.flags);
}

static __u8 judged(const char *requested, bool is_directory)
{
	__u8 names[24] = "/usr/lib", path[24] = {};
	struct unraced_comparison to = { .requested = path,
					 .other = names,
					 .length = strlen(requested) };

	memcpy(path, requested, to.length);
	return unraced_judge_names(&to, 0, 8, requested[0] == '/', is_directory);
}

static void ways(void)
{
	EXPECT(judged("/usr/lib", 0) == UNRACED_INTEGRITY_MATCH &&
	       judged("usr//lib", 0) == UNRACED_INTEGRITY_MATCH);
	EXPECT(judged("/usr/lib/", 0) == UNRACED_INTEGRITY_DIFFERS &&
	       judged("/usr/lib/", 1) == UNRACED_INTEGRITY_MATCH);
	EXPECT(judged("/usr/../usr/lib", 1) == UNRACED_INTEGRITY_DIFFERS &&
	       judged("/usr", 1) == UNRACED_INTEGRITY_DIFFERS);
	EXPECT(unraced_way_leads(1, 1, 0, 0) && !unraced_way_leads(0, 1, 0, 0) &&
	       !unraced_way_leads(1, 0, 0, 0));
	EXPECT(!unraced_way_leads(1, 1, 1, 0) && !unraced_way_leads(1, 1, 0, UNRACED_DELETED));
	EXPECT(unraced_way_is_doubtful(UNRACED_DETACHED) &&
	       !unraced_way_is_doubtful(UNRACED_CREATED));
	EXPECT(unraced_root_is_unknown(UNRACED_OPENAT2, UNRACED_PROVENANCE_ENTER, 0) &&
	       unraced_root_is_unknown(UNRACED_OPENAT2, UNRACED_PROVENANCE_KERNEL,
				       UNRACED_RESOLVE_IN_ROOT));
	EXPECT(!unraced_root_is_unknown(UNRACED_OPENAT2, UNRACED_PROVENANCE_KERNEL, 0) &&
	       !unraced_root_is_unknown(UNRACED_OPENAT, UNRACED_PROVENANCE_ENTER, 0));
	EXPECT(unraced_way_is_unknown(UNRACED_RESOLVED_UNSTABLE, 1, 0) &&
	       unraced_way_is_unknown(0, 1, 1) &&
	       unraced_way_is_unknown(UNRACED_RESOLVED_TRUNCATED, 0, 0));
	EXPECT(!unraced_way_is_unknown(UNRACED_RESOLVED_TRUNCATED, 1, 0) &&
	       !unraced_way_is_unknown(UNRACED_DETACHED, 0, 0));
	EXPECT(unraced_descriptor_proves_nothing(UNRACED_FD_TABLE_SHARED, 1) &&
	       unraced_descriptor_proves_nothing(0, 0));
	EXPECT(!unraced_descriptor_proves_nothing(0, 1));
	EXPECT(!unraced_namespace_flag(5, 1) &&
	       unraced_namespace_flag(5, 0) == UNRACED_FOREIGN_MOUNT_NS);
	EXPECT(unraced_namespace_flag(0, 0) == UNRACED_DETACHED);
}

/* The order is: the same fs_struct, a worker, younger than the submission, waited, punted. */
static void runners(void)
{
	EXPECT(unraced_may_have_run_elsewhere(0, 0, 0, 0, 0) && unraced_may_have_run_elsewhere(0, 1, 0, 0, 1));
	EXPECT(!unraced_may_have_run_elsewhere(1, 0, 0, 0, 0) && !unraced_may_have_run_elsewhere(1, 0, 1, 0, 0));
	EXPECT(unraced_may_have_run_elsewhere(1, 0, 0, 1, 0) && unraced_may_have_run_elsewhere(1, 0, 0, 0, 1));
	EXPECT(!unraced_may_have_run_elsewhere(1, 1, 0, 1, 1) && !unraced_may_have_run_elsewhere(1, 1, 1, 0, 1));
	EXPECT(unraced_may_have_run_elsewhere(1, 1, 1, 1, 0));
}

static void ages(void)
{
	EXPECT(!unraced_count_may_be_old(5, 6) && !unraced_count_may_be_old(5, 19000000000ull));
	EXPECT(unraced_count_may_be_old(5, 21000000000ull));
}

static void starts(void)
{
	const __u64 second = 1000ull * 1000 * 1000;
	__u8 named[8] = { UNRACED_AF_UNIX, 0, '/', 'a' };
	bool absolute = 0;

	EXPECT(!unraced_base_may_have_changed(2, 2, second, 2 * second) &&
	       unraced_base_may_have_changed(2, 4, second, 2 * second));
	EXPECT(unraced_base_may_have_changed(3, 3, second, 2 * second) &&
	       unraced_base_may_have_changed(2, 2, second, 22 * second) &&
	       unraced_base_may_have_changed(2, 2, 0, 22 * second));
	EXPECT(unraced_may_have_path(UNRACED_OPENAT, 1, 1, (const __u8 *)"/a", 2, &absolute) && absolute);
	EXPECT(unraced_may_have_path(UNRACED_OPENAT, 1, 1, (const __u8 *)"a", 1, &absolute) && !absolute &&
	       !unraced_may_have_path(UNRACED_OPENAT, 1, 1, (const __u8 *)"", 0, &absolute));
	EXPECT(unraced_may_have_path(UNRACED_CONNECT, 1, 1, named, sizeof(named), &absolute) && absolute);
	/* The bytes in memory may have been another path, or a path where there is none now. */
	EXPECT(unraced_may_have_path(UNRACED_OPENAT, 0, 1, (const __u8 *)"/a", 2, &absolute) && !absolute &&
	       unraced_may_have_path(UNRACED_OPENAT, 0, 1, (const __u8 *)"", 0, &absolute));
	EXPECT(unraced_may_have_path(UNRACED_CONNECT, 0, 1, named, sizeof(named), &absolute) && !absolute &&
	       !unraced_may_have_path(UNRACED_CONNECT, 0, 0, named, sizeof(named), &absolute));
	named[2] = 0;
	EXPECT(!unraced_may_have_path(UNRACED_CONNECT, 1, 1, named, sizeof(named), &absolute) &&
	       unraced_may_have_path(UNRACED_CONNECT, 0, 1, named, sizeof(named), &absolute));
	EXPECT(unraced_starts_at_directory(UNRACED_OPENAT, 0) &&
	       !unraced_starts_at_directory(UNRACED_OPENAT, 1) &&
	       unraced_starts_at_directory(UNRACED_OPENAT2, 1));
	EXPECT(unraced_directory_is_unknown(1, -ENOENT) &&
	       !unraced_directory_is_unknown(1, -EBADF) &&
	       !unraced_directory_is_unknown(0, -ENOENT));
}

int main(void)
{
	runners();
	ages();
	registers();
	blocks();
	ways();
	starts();
	printf("evidence wrong %u\n", wrong);
	return wrong != 0;
}
