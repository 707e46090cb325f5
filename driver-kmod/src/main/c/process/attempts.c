// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <asm/syscall.h>

#include "call/arch.h"
#include "call/arguments.h"
#include "call/entry.h"
#include "call/scratch.h"
#include "filter/filter.h"
#include "object/descriptor.h"
#include "out/record.h"
#include "process/attempts.h"
#include "process/describe.h"
#include "process/scratch.h"

/* The calls that are under way. The oldest one is evicted for a further one. */
#define ATTEMPTS 512

bool unraced_attempts_init(struct unraced_capture *capture)
{
	capture->attempts = unraced_capture_new_table(ATTEMPTS, sizeof(struct unraced_attempt), false);
	return capture->attempts;
}

/*
 * The key is the address of the task: an exec by another thread than the first takes over id and start of the first.
 * The entry goes with the task, before another one can lie there.
 */
static u64 attempt_key(const struct task_struct *task)
{
	return (unsigned long)task;
}

static int take_attempt(struct unraced_capture *capture, const struct task_struct *task)
{
	struct unraced_attempt *attempt = &unraced_process_scratch(capture)->attempt;

	return unraced_stash_take(capture->attempts, attempt_key(task), 0, 0, attempt, sizeof(*attempt));
}

static void begin_attempt(struct unraced_capture *capture, struct unraced_exec *exec,
			  const struct unraced_exec_registers *from)
{
	unraced_exec_begin(exec, from, READ_ONCE(capture->mitigation));
	exec->mm = (unsigned long)current->mm;
	exec->tid = current->pid;
	exec->exec_id = current->self_exec_id;
}

/* Reads the path. Its page may be absent at entry, and may become readable later. */
static void read_exec_path(struct unraced_attempt *attempt, u8 provenance)
{
	struct unraced_exec *exec = &attempt->exec;
	long length = unraced_read_path(attempt->path, exec->pointer);

	if (length < 0)
		return;
	if (length > UNRACED_PATH_MAX) {
		length = UNRACED_PATH_MAX;
		exec->flags |= UNRACED_TRUNCATED;
	}
	memset(attempt->path + length, 0, -length & 7);
	exec->length = length;
	exec->provenance = provenance;
}

static void keep_attempt(struct unraced_capture *capture, const struct unraced_exec_registers *from, bool unlisted)
{
	struct unraced_attempt *attempt = &unraced_process_scratch(capture)->attempt;
	struct unraced_exec *exec = &attempt->exec;

	begin_attempt(capture, exec, from);
	unraced_read_credentials(&exec->before, current_cred());
	exec->base_count = unraced_base_count();
	/* The count must be read before the places. */
	smp_rmb();
	if (unraced_exec_start_is_elsewhere(exec->dirfd))
		exec->flags |= UNRACED_FOREIGN_MOUNT_NS;
	exec->unlisted = unlisted;
	if (!unlisted && exec->mitigation != UNRACED_MITIGATION_OFF)
		read_exec_path(attempt, UNRACED_PROVENANCE_ENTER);
	exec->enter_ns = ktime_get_boottime_ns();
	unraced_stash_put(capture->attempts, attempt_key(current), 0, 0, attempt,
			  offsetof(struct unraced_attempt, path) + ALIGN(exec->length, 8));
}

void unraced_exec_enters(struct unraced_capture *capture, const struct unraced_exec_registers *from)
{
	enum unraced_verdict verdict;

	preempt_disable();
	verdict = unraced_filter(capture);
	if (unraced_exec_is_followed(verdict))
		keep_attempt(capture, from, verdict != UNRACED_PASS);
	preempt_enable();
}

/* What the entry saw stays in the flags, since the exec closes descriptors. */
bool unraced_exec_path_is_elsewhere(const struct unraced_exec *exec)
{
	if ((exec->flags & UNRACED_FOREIGN_MOUNT_NS) || unraced_exec_start_is_elsewhere(exec->dirfd))
		return true;
	/* A base of the thread's own has not changed since an entry that was not seen. */
	if (!exec->enter_ns)
		return unraced_base_is_shared();
	return unraced_base_changed(exec->base_count, exec->enter_ns, ktime_get_boottime_ns());
}

static u8 judge_exec_path(struct unraced_capture *capture, const struct unraced_attempt *attempt)
{
	const struct unraced_exec *exec = &attempt->exec;

	return unraced_path_changed(attempt->path, exec->length, exec->flags & UNRACED_TRUNCATED, exec->pointer,
				    unraced_scratch(capture)->bytes) ?
		       UNRACED_INTEGRITY_CHANGED :
		       UNRACED_INTEGRITY_UNCHECKED;
}

/* Makes the event of the call in the scratch memory, which has failed. */
static void tell_failed_exec(struct unraced_capture *capture, long result)
{
	struct unraced_process_builder *builder = unraced_process_builder(capture);
	struct unraced_attempt *attempt = &unraced_process_scratch(capture)->attempt;
	struct unraced_process *record = &builder->record;
	u8 integrity = UNRACED_INTEGRITY_UNCHECKED;

	switch (unraced_exec_returned(&attempt->exec, (unsigned long)current->mm, capture->config.integrity)) {
	case UNRACED_EXEC_READ:
		read_exec_path(attempt, UNRACED_PROVENANCE_EXIT);
		break;
	case UNRACED_EXEC_COMPARE:
		integrity = judge_exec_path(capture, attempt);
		break;
	case UNRACED_EXEC_LEAVE:
		break;
	}
	if (unraced_exec_path_is_elsewhere(&attempt->exec))
		attempt->exec.flags |= UNRACED_FOREIGN_MOUNT_NS;
	unraced_describe_process(builder, UNRACED_RECORD_EXEC_FAILED, current);
	unraced_exec_failed(record, &attempt->exec, result, integrity);
	if (record->path.offset)
		memcpy(unraced_process_place(builder, &record->path, record->path.length), attempt->path,
		       record->path.length);
	unraced_send_process(capture, builder);
}

/*
 * Begins a call whose entry is not there. Returns whether it is to be an event. Filters let an evicted call through at
 * its entry, but perhaps not its executable. Any other one must be let through by all that the thread may have entered
 * under (R12.9).
 */
static bool begin_late_attempt(struct unraced_capture *capture, const struct unraced_exec_registers *from, int taken)
{
	struct unraced_exec *exec = &unraced_process_scratch(capture)->attempt.exec;
	bool evicted = taken == UNRACED_TAKE_EVICTED;
	enum unraced_verdict verdict = unraced_filter_unseen(capture, current, NULL);

	if (verdict == UNRACED_OTHER_EXECUTABLE || (!evicted && verdict != UNRACED_PASS))
		return false;
	begin_attempt(capture, exec, from);
	unraced_exec_missed(exec, from->ran, evicted ? UNRACED_EVICTED : 0);
	return true;
}

/*
 * Keeps the image that called, where the call in the scratch memory failed when that image was gone. The kernel counts
 * such an exec (begin_new_exec() of fs/exec.c) and ends the process, which ran no other image.
 */
static void keep_ended_image(struct unraced_capture *capture)
{
	struct unraced_attempt *attempt = &unraced_process_scratch(capture)->attempt;

	if (attempt->exec.exec_id == current->self_exec_id)
		return;
	attempt->exec.has_failed = 1;
	unraced_stash_put(capture->attempts, attempt_key(current), 0, 0, attempt,
			  offsetof(struct unraced_attempt, path));
}

void unraced_exec_returns(struct unraced_capture *capture, const struct unraced_exec_registers *from, long result)
{
	int taken;

	preempt_disable();
	taken = take_attempt(capture, current);
	/* The exec that succeeded has an event of its own, which took the entry. */
	if (!unraced_exec_succeeded(from, result) && (taken >= 0 || begin_late_attempt(capture, from, taken))) {
		if (!unraced_process_scratch(capture)->attempt.exec.unlisted)
			tell_failed_exec(capture, result);
		keep_ended_image(capture);
	}
	preempt_enable();
}

const struct unraced_attempt *unraced_attempt_take(struct unraced_capture *capture, const struct task_struct *task)
{
	return take_attempt(capture, task) < 0 ? NULL : &unraced_process_scratch(capture)->attempt;
}

u32 unraced_attempt_end(struct unraced_capture *capture, const struct task_struct *task, enum unraced_verdict *verdict)
{
	const struct unraced_attempt *attempt = unraced_attempt_take(capture, task);

	if (!attempt || !attempt->exec.has_failed)
		return task->self_exec_id;
	*verdict = unraced_end_is_judged(*verdict, attempt->exec.unlisted);
	return attempt->exec.exec_id;
}

static noinline void enter_exec(struct unraced_capture *capture, struct pt_regs *regs, long number)
{
	struct unraced_exec_registers from = {};

	if (unraced_arch_exec(regs, number, &from))
		unraced_exec_enters(capture, &from);
}

static noinline void leave_exec(struct unraced_capture *capture, struct pt_regs *regs, long number, long result)
{
	struct unraced_exec_registers from = {};

	if (unraced_arch_exec(regs, number, &from))
		unraced_exec_returns(capture, &from, result);
}

/* Every call of the machine comes to these two, so all but the first test is out of line. */
void unraced_on_exec_enter(void *data, struct pt_regs *regs, long number)
{
	if (unlikely(unraced_arch_may_be_exec(number)))
		enter_exec(data, regs, number);
}

void unraced_on_exec_exit(void *data, struct pt_regs *regs, long result)
{
	long number = syscall_get_nr(current, regs);

	if (unlikely(unraced_arch_may_be_exec(number)))
		leave_exec(data, regs, number, result);
}
