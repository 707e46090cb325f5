/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* This test follows calls of execve and execveat from their entry to their end. */
#include "expect.h"
#include "unraced/calls.h"
#include "unraced/exec.h"

static struct unraced_exec_registers registers(__u8 call, __u8 abi)
{
	return (struct unraced_exec_registers){ .call = call, .abi = abi, .args = { 7, 0x1000, 0, 0, 0x1ffffffff } };
}

static struct unraced_exec begun(__u8 call, __u8 mitigation)
{
	struct unraced_exec_registers from = registers(call, UNRACED_ABI_NATIVE);
	struct unraced_exec exec;

	memset(&exec, 0xff, sizeof(exec));
	unraced_exec_begin(&exec, &from, mitigation);
	return exec;
}

static void numbers(void)
{
	EXPECT(unraced_ia32_exec(11) == UNRACED_EXECVE && unraced_ia32_exec(358) == UNRACED_EXECVEAT);
	EXPECT(unraced_x86_64_exec(59) == UNRACED_EXECVE && unraced_x86_64_exec(322) == UNRACED_EXECVEAT);
	EXPECT(unraced_x86_64_exec(520 | UNRACED_X32_BIT) == UNRACED_EXECVE);
	EXPECT(unraced_x86_64_exec(545 | UNRACED_X32_BIT) == UNRACED_EXECVEAT);
	EXPECT(!unraced_x86_64_exec(520) && !unraced_x86_64_exec(59 | UNRACED_X32_BIT) && !unraced_ia32_exec(59));
	EXPECT(unraced_arm64_exec(221) == UNRACED_EXECVE && unraced_arm64_exec(281) == UNRACED_EXECVEAT);
	for (__u32 number = 0; number < 2 * UNRACED_CALL_NUMBERS; number++) {
		__u8 plain = unraced_ia32_exec(number) | unraced_x86_64_exec(number);
		__u8 marked = unraced_x86_64_exec(number | UNRACED_X32_BIT);

		EXPECT(unraced_x86_may_be_exec(number) == (plain || marked));
		EXPECT(unraced_x86_may_be_exec(number | UNRACED_X32_BIT) == (plain || marked));
	}
}

static void arguments(void)
{
	struct unraced_exec exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_STASH);

	EXPECT(exec.pointer == 7 && exec.dirfd == UNRACED_AT_FDCWD && !exec.at_flags);
	exec = begun(UNRACED_EXECVEAT, UNRACED_MITIGATION_STASH);
	EXPECT(exec.pointer == 0x1000 && exec.dirfd == 7 && exec.at_flags == 0xffffffff);
	EXPECT(!exec.flags && !exec.provenance && !exec.length && !exec.enter_ns && !exec.before.uid);
}

/* A 32-bit program's result has 32 bits, whatever the upper ones are. */
static void results(void)
{
	struct unraced_exec_registers native = registers(UNRACED_EXECVE, UNRACED_ABI_NATIVE);
	struct unraced_exec_registers ia32 = registers(UNRACED_EXECVE, UNRACED_ABI_IA32);

	EXPECT(unraced_exec_succeeded(&native, 0) && unraced_exec_succeeded(&ia32, 0));
	EXPECT(!unraced_exec_succeeded(&native, -2) && !unraced_exec_succeeded(&ia32, -2));
	EXPECT(!unraced_exec_succeeded(&ia32, 0xfffffffe));
}

static void followed(void)
{
	EXPECT(unraced_exec_is_followed(UNRACED_PASS) && unraced_exec_is_followed(UNRACED_OTHER_EXECUTABLE));
	EXPECT(!unraced_exec_is_followed(UNRACED_SELF) && !unraced_exec_is_followed(UNRACED_OTHER_UID));
}

static void missed(void)
{
	struct unraced_exec exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_STASH);

	unraced_exec_missed(&exec, 1, 0);
	EXPECT(exec.flags == UNRACED_ENTER_MISSED);
	exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_KERNEL);
	unraced_exec_missed(&exec, 0, UNRACED_EVICTED);
	EXPECT(exec.flags == (UNRACED_ENTER_MISSED | UNRACED_EVICTED | UNRACED_EXECUTION_UNKNOWN));
	exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_OFF);
	unraced_exec_missed(&exec, 1, 0);
	EXPECT(!exec.flags);
	unraced_exec_missed(&exec, 1, UNRACED_STASH_FULL);
	EXPECT(exec.flags == (UNRACED_ENTER_MISSED | UNRACED_STASH_FULL));
}

static void steps(void)
{
	struct unraced_exec exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_STASH);

	exec.mm = 5;
	exec.enter_ns = 9;
	EXPECT(unraced_exec_returned(&exec, 6, 1) == UNRACED_EXEC_LEAVE && exec.flags == UNRACED_FAULTED);
	exec.flags = 0;
	EXPECT(unraced_exec_returned(&exec, 5, 1) == UNRACED_EXEC_READ && exec.flags == UNRACED_FAULTED);
	exec.flags = 0;
	exec.provenance = UNRACED_PROVENANCE_ENTER;
	EXPECT(unraced_exec_returned(&exec, 5, 1) == UNRACED_EXEC_COMPARE && !exec.flags);
	EXPECT(unraced_exec_returned(&exec, 5, 0) == UNRACED_EXEC_LEAVE && !exec.flags);
	EXPECT(unraced_exec_returned(&exec, 6, 1) == UNRACED_EXEC_LEAVE && !exec.flags);
	exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_OFF);
	exec.mm = 5;
	exec.enter_ns = 9;
	EXPECT(unraced_exec_returned(&exec, 5, 1) == UNRACED_EXEC_READ && !exec.flags);
}

static void ends(void)
{
	EXPECT(unraced_end_is_judged(UNRACED_OTHER_UID, 0) == UNRACED_OTHER_UID);
	EXPECT(unraced_end_is_judged(UNRACED_OTHER_EXECUTABLE, 0) == UNRACED_PASS);
	EXPECT(unraced_end_is_judged(UNRACED_PASS, 1) == UNRACED_OTHER_EXECUTABLE);
}

static void records(void)
{
	struct unraced_exec exec = begun(UNRACED_EXECVEAT, UNRACED_MITIGATION_STASH);
	struct unraced_process record = { .tid = 1, .exec_id = 2 };

	exec.before.euid = 3;
	unraced_exec_came(&record, &exec);
	EXPECT(record.call == UNRACED_EXECVEAT && record.before.euid == 3 && record.tid == 1);
	exec.tid = 12;
	exec.exec_id = 13;
	exec.enter_ns = 5;
	exec.length = 9;
	unraced_exec_failed(&record, &exec, -2, UNRACED_INTEGRITY_UNCHECKED);
	EXPECT(record.tid == 12 && record.exec_id == 13 && record.result == -2 && record.enter_ns == 5);
	EXPECT(record.dirfd == 7 && record.at_flags == 0xffffffff);
	EXPECT(!record.path.offset && !record.path.length);
	exec.provenance = UNRACED_PROVENANCE_ENTER;
	unraced_exec_failed(&record, &exec, -2, UNRACED_INTEGRITY_CHANGED);
	EXPECT(record.path.offset == sizeof(record) && record.path.length == 9);
	EXPECT(record.integrity == UNRACED_INTEGRITY_CHANGED && record.provenance == UNRACED_PROVENANCE_ENTER);
}

/* The path of an exec that succeeded is the kernel's copy, unless the kernel made it. */
static void copies(void)
{
	struct unraced_exec exec = begun(UNRACED_EXECVE, UNRACED_MITIGATION_STASH);
	struct unraced_process record = {};

	unraced_exec_path_is_copied(&record, 0, 0);
	EXPECT(!record.provenance && !record.integrity);
	record.path.offset = sizeof(record);
	unraced_exec_path_is_copied(&record, 1, 1);
	EXPECT(record.provenance == UNRACED_PROVENANCE_KERNEL && record.integrity == UNRACED_INTEGRITY_UNCHECKED);
	unraced_exec_path_is_copied(&record, 0, 1);
	EXPECT(record.integrity == UNRACED_INTEGRITY_CHANGED);
	unraced_exec_path_is_copied(&record, 0, 0);
	EXPECT(record.provenance == UNRACED_PROVENANCE_KERNEL && record.integrity == UNRACED_INTEGRITY_MATCH);
	EXPECT(!unraced_exec_has_snapshot(&exec));
	exec.provenance = UNRACED_PROVENANCE_ENTER;
	EXPECT(unraced_exec_has_snapshot(&exec));
}

int main(void)
{
	numbers();
	arguments();
	results();
	followed();
	missed();
	steps();
	ends();
	records();
	copies();
	printf("execs wrong %u\n", wrong);
	return wrong != 0;
}
