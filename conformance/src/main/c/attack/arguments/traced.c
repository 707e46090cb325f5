/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose registers a tracer rewrites before the kernel reads them: by ptrace alone, or at a seccomp event. */
#include "actor.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__aarch64__)

/* The child marks its calls by the sixth argument, which the kernel ignores. */
#define REWRITE_ARGUMENTS 0x75720001
#define REWRITE_INTO_OPENAT 0x75720002
#define REWRITE_FROM_OPENAT 0x75720003

struct traced {
	const unsigned char *passed, *taken;
	long tag;
	bool seccomp;
};

static void ask_tracer(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff0000),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REWRITE_ARGUMENTS & 0xffff0000, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(filter) / sizeof(*filter), .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(2);
}

static void be_traced(const struct traced *traced)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(2);
	raise(SIGSTOP);
	if (traced->seccomp)
		ask_tracer();
	syscall(SYS_openat, AT_FDCWD, traced->passed, O_RDONLY, 0, 0, REWRITE_ARGUMENTS);
	syscall(SYS_getppid, 0, 0, 0, 0, 0, REWRITE_INTO_OPENAT);
	syscall(SYS_openat, AT_FDCWD, traced->passed, O_RDONLY, 0, 0, REWRITE_FROM_OPENAT);
	_exit(0);
}

#ifdef __x86_64__

#define LAST(registers) ((registers).r9)

static void put(struct user_regs_struct *registers, long a, long b, long c, long d)
{
	registers->rdi = (unsigned long long)a;
	registers->rsi = (unsigned long long)b;
	registers->rdx = (unsigned long long)c;
	registers->r10 = (unsigned long long)d;
}

static void put_number(pid_t child, struct user_regs_struct *registers, int number)
{
	(void)child;
	registers->orig_rax = (unsigned long long)number;
}

#else

#define LAST(registers) ((registers).regs[5])

static void put(struct user_regs_struct *registers, long a, long b, long c, long d)
{
	registers->regs[0] = (unsigned long long)a;
	registers->regs[1] = (unsigned long long)b;
	registers->regs[2] = (unsigned long long)c;
	registers->regs[3] = (unsigned long long)d;
}

static void put_number(pid_t child, struct user_regs_struct *registers, int number)
{
	struct iovec whole = {.iov_base = &number, .iov_len = sizeof(number)};

	(void)registers;
	ptrace(PTRACE_SETREGSET, child, (void *)NT_ARM_SYSTEM_CALL, &whole);
}

#endif

static void rewrite(pid_t child, const struct traced *traced)
{
	struct user_regs_struct registers;
	struct iovec whole = {.iov_base = &registers, .iov_len = sizeof(registers)};
	long which;

	if (ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &whole))
		return;
	which = (long)LAST(registers);
	switch (which) {
	case REWRITE_ARGUMENTS:
	case REWRITE_INTO_OPENAT:
		put(&registers, AT_FDCWD, (long)traced->taken, O_CLOEXEC, traced->tag + (which - REWRITE_ARGUMENTS));
		put_number(child, &registers, SYS_openat);
		break;
	case REWRITE_FROM_OPENAT:
		put_number(child, &registers, SYS_getppid);
		break;
	default:
		return;
	}
	/* PTRACE_SYSCALL stops again when the call returns, and the mark must be gone then. */
	LAST(registers) = 0;
	ptrace(PTRACE_SETREGSET, child, (void *)NT_PRSTATUS, &whole);
}

/* Traces the child until it ends. Returns its wait status, or -1. */
static int trace(pid_t child, const struct traced *traced)
{
	long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | (traced->seccomp ? PTRACE_O_TRACESECCOMP : 0);
	int go_on = traced->seccomp ? PTRACE_CONT : PTRACE_SYSCALL;
	int status;

	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return -1;
	if (ptrace(PTRACE_SETOPTIONS, child, NULL, options))
		return -1;
	while (!ptrace(go_on, child, NULL, 0)) {
		if (waitpid(child, &status, 0) != child)
			return -1;
		if (!WIFSTOPPED(status))
			return status;
		rewrite(child, traced);
	}
	return -1;
}

void command_traced(void)
{
	size_t length = 0;
	const char *how = line_text("how");
	struct traced traced = {.passed = line_bytes("passed", &length),
				.taken = line_bytes("taken", &length),
				.tag = (long)line_number("tag", 0),
				.seccomp = how && !strcmp(how, "seccomp")};
	pid_t child = traced.passed && traced.taken ? fork_child() : -1;

	if (!child)
		be_traced(&traced);
	int status = child < 0 ? -1 : trace(child, &traced);
	if (status) {
		if (child > 0) {
			kill(child, SIGKILL);
			reap(child, 5);
		}
		fail("unsupported: no tracer: status %d", status);
	} else {
		__atomic_fetch_add(&counts()->begun, 2, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&counts()->ended, 2, __ATOMIC_SEQ_CST);
		reply_begin();
		reply("tid=%d", child);
		reply_end();
	}
	free((void *)traced.passed);
	free((void *)traced.taken);
}

#else

void command_traced(void)
{
	fail("unsupported: registers of this machine are not known here");
}

#endif
