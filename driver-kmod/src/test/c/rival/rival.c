// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another module at the kernel's function for openat(2), for the proofs of functions. Its kprobe refuses the calls of
 * programs that are named "busybox-refused", as BPF programs do by bpf_override_return() on kernels that are built for
 * that. With replace=1 it has an ftrace handler there instead, which may change the instruction pointer, as that of a
 * livepatch, and does not.
 */
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/objtool.h>
#include <linux/string.h>
#include <asm/ibt.h>

#define FUNCTION "__x64_sys_openat"

static bool replace;
module_param(replace, bool, 0);

void just_return(void);
/* The caller of the probed function goes on here, with the result in the registers. */
asm(".pushsection .text, \"ax\"\n"
    ".type just_return, @function\n"
    "just_return:\n\t" ASM_ENDBR ASM_RET
    ".size just_return, . - just_return\n"
    ".popsection\n");
STACK_FRAME_NON_STANDARD(just_return);

static int override(struct kprobe *probe, struct pt_regs *regs)
{
	if (strcmp(current->comm, "busybox-refused"))
		return 0;
	regs->ax = -EPERM;
	regs->ip = (unsigned long)just_return;
	return 1;
}

static struct kprobe probe = { .symbol_name = FUNCTION, .pre_handler = override };

static void notrace leave(unsigned long location, unsigned long parent, struct ftrace_ops *ops,
			  struct ftrace_regs *registers)
{
}

static struct ftrace_ops ops = { .func = leave, .flags = FTRACE_OPS_FL_IPMODIFY };

static int __init rival_init(void)
{
	int error = register_kprobe(&probe);

	if (error || !replace)
		return error;
	unregister_kprobe(&probe);
	error = ftrace_set_filter_ip(&ops, (unsigned long)probe.addr, 0, 0);
	return error ? error : register_ftrace_function(&ops);
}

static void __exit rival_exit(void)
{
	if (replace)
		unregister_ftrace_function(&ops);
	else
		unregister_kprobe(&probe);
}

module_init(rival_init);
module_exit(rival_exit);

MODULE_DESCRIPTION("A rival of the module at the kernel's functions, for proofs");
MODULE_LICENSE("GPL");
