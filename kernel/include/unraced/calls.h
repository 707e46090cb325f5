/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The numbers of the watched system calls, for the eBPF programs and the kernel module alike. Each
 * table is a macro that calls CALL(number, call, context) for each number: call is an enum
 * unraced_syscall, and context is what the user of the table passes. A convention has the numbers
 * of its own table and those of UNRACED_CALLS_EVERYWHERE.
 */
#ifndef UNRACED_CALLS_H
#define UNRACED_CALLS_H

#include "unraced/base.h"
#include "unraced/process.h"
#include "unraced/record.h"

/* Numbers are below this one; a power of two. */
#define UNRACED_CALL_NUMBERS 512

/* Since number 424, a call has the same number in all conventions of all architectures. */
#define UNRACED_CALLS_EVERYWHERE(CALL, context) CALL(437, UNRACED_OPENAT2, context)

/* pidfd_getfd(2), which is no event, has this number in every convention. */
#define UNRACED_PIDFD_GETFD 438

/* arch/x86/entry/syscalls/syscall_64.tbl: these calls have the same numbers in x86-64 and in x32. */
#define UNRACED_CALLS_X86_64(CALL, context)                                                                            \
	CALL(2, UNRACED_OPEN, context)                                                                                 \
	CALL(85, UNRACED_CREAT, context)                                                                               \
	CALL(257, UNRACED_OPENAT, context)                                                                             \
	CALL(42, UNRACED_CONNECT, context)

/* __X32_SYSCALL_BIT of arch/x86/include/uapi/asm/unistd.h marks the calls of x32. */
#define UNRACED_X32_BIT 0x40000000

/* arch/x86/entry/syscalls/syscall_32.tbl; a socketcall(2) is a connect only if its first argument says so. */
#define UNRACED_CALLS_IA32(CALL, context)                                                                              \
	CALL(5, UNRACED_OPEN, context)                                                                                 \
	CALL(8, UNRACED_CREAT, context)                                                                                \
	CALL(295, UNRACED_OPENAT, context)                                                                             \
	CALL(UNRACED_IA32_SOCKETCALL, UNRACED_CONNECT, context)                                                        \
	CALL(362, UNRACED_CONNECT, context)

#define UNRACED_IA32_SOCKETCALL 102
/* SYS_CONNECT of include/uapi/linux/net.h */
#define UNRACED_SOCKETCALL_CONNECT 3

/* include/uapi/asm-generic/unistd.h */
#define UNRACED_CALLS_ARM64(CALL, context)                                                                             \
	CALL(56, UNRACED_OPENAT, context)                                                                              \
	CALL(203, UNRACED_CONNECT, context)

/* execve(2) and execveat(2), for events of processes: call is an enum unraced_exec_call. */
#define UNRACED_EXECS_X86_64(CALL, context)                                                                            \
	CALL(59, UNRACED_EXECVE, context)                                                                              \
	CALL(322, UNRACED_EXECVEAT, context)
#define UNRACED_EXECS_X32(CALL, context)                                                                               \
	CALL(520, UNRACED_EXECVE, context)                                                                             \
	CALL(545, UNRACED_EXECVEAT, context)
#define UNRACED_EXECS_IA32(CALL, context)                                                                              \
	CALL(11, UNRACED_EXECVE, context)                                                                              \
	CALL(358, UNRACED_EXECVEAT, context)
#define UNRACED_EXECS_ARM64(CALL, context)                                                                             \
	CALL(221, UNRACED_EXECVE, context)                                                                             \
	CALL(281, UNRACED_EXECVEAT, context)

/* Uses of a table: an element of an array by number, and a case of a switch over numbers. */
#define UNRACED_CALL_ELEMENT(number, call, context) [number] = call,
#define UNRACED_CALL_CASE(number, call, context)                                                                       \
	case number:                                                                                                   \
		return call;

#define UNRACED_CALL_PASS(number, call, context) case number:

/* Returns the call of a number in the 32-bit convention of x86, or 0. */
UNRACED_INLINE __u8 unraced_ia32_call(__u32 number)
{
	switch (number) {
	UNRACED_CALLS_IA32(UNRACED_CALL_CASE, )
	UNRACED_CALLS_EVERYWHERE(UNRACED_CALL_CASE, )
	}
	return 0;
}

/* Returns the call of a number in x86-64 or in x32, or 0. */
UNRACED_INLINE __u8 unraced_x86_64_call(__u32 number)
{
	switch (number & ~UNRACED_X32_BIT) {
	UNRACED_CALLS_X86_64(UNRACED_CALL_CASE, )
	UNRACED_CALLS_EVERYWHERE(UNRACED_CALL_CASE, )
	}
	return 0;
}

/* Return the enum unraced_exec_call of a number, or 0. In x32 the two have numbers of their own. */
UNRACED_INLINE __u8 unraced_ia32_exec(__u32 number)
{
	switch (number) {
	UNRACED_EXECS_IA32(UNRACED_CALL_CASE, )
	}
	return 0;
}

UNRACED_INLINE __u8 unraced_x86_64_exec(__u32 number)
{
	switch (number) {
	UNRACED_EXECS_X86_64(UNRACED_CALL_CASE, )
	}
	switch (number ^ UNRACED_X32_BIT) {
	UNRACED_EXECS_X32(UNRACED_CALL_CASE, )
	}
	return 0;
}

/* Returns whether a number may be that of an exec in some convention of x86. */
UNRACED_INLINE bool unraced_x86_may_be_exec(__u32 number)
{
	switch (number & ~UNRACED_X32_BIT) {
	UNRACED_EXECS_X86_64(UNRACED_CALL_PASS, )
	UNRACED_EXECS_X32(UNRACED_CALL_PASS, )
	UNRACED_EXECS_IA32(UNRACED_CALL_PASS, )
		return 1;
	}
	return 0;
}

UNRACED_INLINE __u8 unraced_arm64_exec(__u32 number)
{
	switch (number) {
	UNRACED_EXECS_ARM64(UNRACED_CALL_CASE, )
	}
	return 0;
}

#endif
