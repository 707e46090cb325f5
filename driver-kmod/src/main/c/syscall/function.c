// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#include "call/arch.h"
#include "lib/attach.h"
#include "lib/capture.h"
#include "lib/patch.h"
#include "process/attempts.h"
#include "syscall/enter.h"
#include "syscall/exit.h"
#include "syscall/function.h"

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_get_instruction_pointer(registers) instruction_pointer(&(registers)->regs)
#define ftrace_regs_set_instruction_pointer ftrace_instruction_pointer_set
#endif

/* The time between two looks at whether a call is still inside. */
#define LOOK_AGAIN (HZ / 5)

/* The time that the end of the last capture waits for calls that are inside. */
#define SHORT_CALL_MS 20

struct call_function {
	struct unraced_arch_function arch;
	long (*wrapper)(struct pt_regs *regs);
	bool is_exec; /* arch.syscall is an enum unraced_exec_call, and arch.convention an enum unraced_abi */
	unsigned long location; /* the instruction that ftrace patches; 0 if the kernel lacks the function */
	bool patched;
};

/* The captures whose calls are watched here. A reader keeps preemption off. */
static LIST_HEAD(captures);
/* Guards all that follows, and changes of the list. */
static DEFINE_MUTEX(attaching);
static bool registered;
static bool draining;

/*
 * The number of threads that are inside a wrapper is the sum over all CPUs: a thread may leave on another one than it
 * entered on.
 */
static DEFINE_PER_CPU(long, inside);

static long around(struct pt_regs *regs, const struct call_function *function);
static long around_exec(struct pt_regs *regs, const struct call_function *function);

#define WRAPPER(name, symbol, syscall, convention) static long name(struct pt_regs *regs);
UNRACED_ARCH_FUNCTIONS(WRAPPER)
UNRACED_ARCH_EXECS(WRAPPER)
#undef WRAPPER

enum {
#define NUMBER(name, symbol, syscall, convention) NUMBER_##name,
	UNRACED_ARCH_FUNCTIONS(NUMBER) UNRACED_ARCH_EXECS(NUMBER)
#undef NUMBER
	FUNCTIONS,
};

static struct call_function functions[] = {
#define ELEMENT(name, symbol, syscall, convention)                                                                     \
	[NUMBER_##name] = { { symbol, syscall, convention }, name },
	UNRACED_ARCH_FUNCTIONS(ELEMENT)
#undef ELEMENT
#define ELEMENT(name, symbol, call, abi) [NUMBER_##name] = { { symbol, call, abi }, name, true },
	UNRACED_ARCH_EXECS(ELEMENT)
#undef ELEMENT
};

#define WRAPPER(name, symbol, syscall, convention)                                                                     \
	static long name(struct pt_regs *regs)                                                                         \
	{                                                                                                              \
		return around(regs, &functions[NUMBER_##name]);                                                        \
	}
UNRACED_ARCH_FUNCTIONS(WRAPPER)
#undef WRAPPER

#define WRAPPER(name, symbol, call, abi)                                                                               \
	static long name(struct pt_regs *regs)                                                                         \
	{                                                                                                              \
		return around_exec(regs, &functions[NUMBER_##name]);                                                   \
	}
UNRACED_ARCH_EXECS(WRAPPER)
#undef WRAPPER

static void enter_captures(const struct unraced_arguments *arguments)
{
	struct unraced_capture *capture;

	preempt_disable();
	list_for_each_entry_rcu(capture, &captures, at_functions, true)
		unraced_enter_call(capture, arguments);
	preempt_enable();
}

static void leave_captures(const struct unraced_arguments *arguments, long result)
{
	struct unraced_capture *capture;

	preempt_disable();
	list_for_each_entry_rcu(capture, &captures, at_functions, true)
		unraced_leave_function(capture, arguments, result);
	preempt_enable();
}

static noinline long around(struct pt_regs *regs, const struct call_function *function)
{
	struct unraced_arguments arguments UNRACED_FILLED_LATER;
	unsigned long behind = function->location + MCOUNT_INSN_SIZE;
	bool is_watched;
	long result;

	this_cpu_inc(inside);
	is_watched = unraced_arch_arguments(regs, &function->arch, &arguments);
	if (is_watched)
		enter_captures(&arguments);
	result = unraced_patch_resume(regs, behind);
	if (is_watched)
		leave_captures(&arguments, result);
	this_cpu_dec(inside);
	return result;
}

static void exec_enters(const struct unraced_exec_registers *from)
{
	struct unraced_capture *capture;

	preempt_disable();
	list_for_each_entry_rcu(capture, &captures, at_functions, true)
		if (capture->config.process_events)
			unraced_exec_enters(capture, from);
	preempt_enable();
}

static void exec_returns(const struct unraced_exec_registers *from, long result)
{
	struct unraced_capture *capture;

	preempt_disable();
	list_for_each_entry_rcu(capture, &captures, at_functions, true)
		if (capture->config.process_events)
			unraced_exec_returns(capture, from, result);
	preempt_enable();
}

static noinline long around_exec(struct pt_regs *regs, const struct call_function *function)
{
	struct unraced_exec_registers from = {
		.call = function->arch.syscall,
		.abi = function->arch.convention,
		.ran = 1,
	};
	unsigned long behind = function->location + MCOUNT_INSN_SIZE;
	long result;

	this_cpu_inc(inside);
	unraced_arch_exec_arguments(regs, &from);
	exec_enters(&from);
	result = unraced_patch_resume(regs, behind);
	exec_returns(&from, result);
	this_cpu_dec(inside);
	return result;
}

/*
 * Runs at the start of each patched function. A kprobe that was called before may have sent the caller past the
 * function, as bpf_override_return() does. Such a call is refused, and stays so.
 */
static void notrace redirect(unsigned long location, unsigned long parent, struct ftrace_ops *ops,
			     struct ftrace_regs *registers)
{
	int i;

	if (unlikely(ftrace_regs_get_instruction_pointer(registers) != location + MCOUNT_INSN_SIZE))
		return;
	for (i = 0; i < FUNCTIONS; i++) {
		if (functions[i].location == location) {
			ftrace_regs_set_instruction_pointer(registers, (unsigned long)functions[i].wrapper);
			return;
		}
	}
}

/*
 * The handler asks for none of ftrace's guards, which cost instructions. It calls nothing, so it cannot recurse, and
 * RCU watches in every system call. Without PERMANENT, kernel.ftrace_enabled would switch the handler off silently.
 */
static struct ftrace_ops ops = {
	.func = redirect,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

void unraced_functions_find(void)
{
	int i;

	for (i = 0; i < FUNCTIONS; i++) {
		unsigned long address = unraced_address_of(functions[i].arch.symbol);

		functions[i].location = unraced_is_patchable(address) ? address : 0;
	}
}

bool unraced_functions_found(void)
{
	int i;

	for (i = 0; i < FUNCTIONS; i++)
		if (!functions[i].location)
			return false;
	return true;
}

static bool is_wanted(const struct call_function *function, const struct unraced_config *config)
{
	return function->is_exec ? config->process_events : unraced_is_among(config->syscalls, function->arch.syscall);
}

static int patch(const struct unraced_config *config)
{
	int i, error = 0;

	for (i = 0; i < FUNCTIONS && !error; i++) {
		if (functions[i].patched || !is_wanted(&functions[i], config))
			continue;
		error = ftrace_set_filter_ip(&ops, functions[i].location, 0, 0);
		functions[i].patched = !error;
	}
	if (error || registered)
		return error;
	error = register_ftrace_function(&ops);
	registered = !error;
	return error;
}

static void unpatch(void)
{
	int i;

	if (registered && unregister_ftrace_function(&ops)) {
		/* ftrace has given up after a fault of its own, and what it patched stays. */
		pr_err("the kernel cannot unpatch its functions, so this module stays\n");
		__module_get(THIS_MODULE);
	}
	registered = false;
	/* ftrace frees its list of functions with the last one. */
	for (i = 0; i < FUNCTIONS; i++)
		if (functions[i].patched)
			ftrace_set_filter_ip(&ops, functions[i].location, 1, 0);
	for (i = 0; i < FUNCTIONS; i++)
		functions[i].patched = false;
}

static bool is_anyone_inside(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&inside, cpu));
	return sum;
}

static void drain(struct work_struct *work);
static DECLARE_DELAYED_WORK(drain_later, drain);

static void drain(struct work_struct *work)
{
	mutex_lock(&attaching);
	if (is_anyone_inside()) {
		schedule_delayed_work(&drain_later, LOOK_AGAIN);
	} else {
		draining = false;
		/* unraced_functions_leave() waits for this work to end before the module goes. */
		module_put(THIS_MODULE);
	}
	mutex_unlock(&attaching);
}

/*
 * The module must stay until all calls that are inside have returned, which can take any time. Most take none, and are
 * waited for.
 */
static void stay_for_calls_inside(void)
{
	int wait;

	for (wait = 0; wait < SHORT_CALL_MS && is_anyone_inside(); wait++)
		msleep(1);
	if (draining || !is_anyone_inside())
		return;
	draining = true;
	__module_get(THIS_MODULE);
	schedule_delayed_work(&drain_later, LOOK_AGAIN);
}

int unraced_functions_attach(struct unraced_capture *capture)
{
	int error;

	if (!unraced_functions_found())
		return -EOPNOTSUPP;
	mutex_lock(&attaching);
	list_add_tail_rcu(&capture->at_functions, &captures);
	error = patch(&capture->config);
	capture->is_at_functions = true;
	mutex_unlock(&attaching);
	if (error)
		unraced_functions_detach(capture);
	return error;
}

void unraced_functions_detach(struct unraced_capture *capture)
{
	if (!capture->is_at_functions)
		return;
	mutex_lock(&attaching);
	capture->is_at_functions = false;
	list_del_rcu(&capture->at_functions);
	if (list_empty(&captures)) {
		unpatch();
		/* A thread that ftrace has sent on to a wrapper is counted when this ends. */
		synchronize_rcu_tasks();
		stay_for_calls_inside();
	}
	mutex_unlock(&attaching);
	/* A handler that found the capture in the list has had preemption off since. */
	synchronize_rcu();
}

void unraced_functions_leave(void)
{
	cancel_delayed_work_sync(&drain_later);
	/* A thread that is not counted any more may have some instructions before it. None of them sleeps. */
	synchronize_rcu_tasks();
}

#else

void unraced_functions_find(void)
{
}

bool unraced_functions_found(void)
{
	return false;
}

int unraced_functions_attach(struct unraced_capture *capture)
{
	return -EOPNOTSUPP;
}

void unraced_functions_detach(struct unraced_capture *capture)
{
}

void unraced_functions_leave(void)
{
}

#endif
