/* SPDX-License-Identifier: Apache-2.0 */
/* The five watched calls exactly as a command asks for them, without the C library, and their counts. */
#include "actor.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define X32_BIT 0x40000000L
#define WIDE_BITS 0x5a5a5a5a00000000L

static struct call_counts *shared;

void counts_open(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		_exit(2);
}

struct call_counts *counts(void)
{
	return shared;
}

pid_t own_tid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

#ifdef __x86_64__
static long int80(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}
#endif

static long native(long number, long a, long b, long c, long d)
{
	long result = syscall(number, a, b, c, d);

	return result == -1 ? -errno : result;
}

static long make(enum abi abi, long number, long ia32_number, long a, long b, long c, long d)
{
	long result = -ENOSYS;

	__atomic_fetch_add(&shared->begun, 1, __ATOMIC_SEQ_CST);
	if (abi == ABI_NATIVE)
		result = native(number, a, b, c, d);
#ifdef __x86_64__
	else if (abi == ABI_IA32)
		result = int80(ia32_number, a, b, c, d);
	else if (abi == ABI_WIDE)
		result = native(number | WIDE_BITS, a, b, c, d);
	else
		result = native(number | X32_BIT, a, b, c, d);
#else
	(void)ia32_number;
#endif
	__atomic_fetch_add(&shared->ended, 1, __ATOMIC_SEQ_CST);
	return result;
}

#ifdef SYS_open
long watched_open(enum abi abi, const void *path, long flags, long mode)
{
	return make(abi, SYS_open, 5, (long)path, flags, mode, 0);
}

long watched_creat(enum abi abi, const void *path, long mode)
{
	return make(abi, SYS_creat, 8, (long)path, mode, 0, 0);
}
#else
long watched_open(enum abi abi, const void *path, long flags, long mode)
{
	(void)abi, (void)path, (void)flags, (void)mode;
	return -ENOSYS;
}

long watched_creat(enum abi abi, const void *path, long mode)
{
	(void)abi, (void)path, (void)mode;
	return -ENOSYS;
}
#endif

long watched_openat(enum abi abi, long dirfd, const void *path, long flags, long mode)
{
	return make(abi, SYS_openat, 295, dirfd, (long)path, flags, mode);
}

long watched_openat2(enum abi abi, long dirfd, const void *path, const void *how, size_t size)
{
	return make(abi, SYS_openat2, 437, dirfd, (long)path, (long)how, (long)size);
}

long watched_connect(enum abi abi, long fd, const void *address, long length)
{
	return make(abi, SYS_connect, 362, fd, (long)address, length, 0);
}

long watched_socketcall_block(const void *block)
{
	/* The argument 3 is SYS_CONNECT of <linux/net.h>. */
	return make(ABI_IA32, -1, 102, 3, (long)block, 0, 0);
}

long watched_socketcall(long fd, const void *address, long length)
{
	uint32_t *block = map_low(sizeof(*block) * 3);

	block[0] = (uint32_t)fd;
	block[1] = (uint32_t)(uintptr_t)address;
	block[2] = (uint32_t)length;
	long result = watched_socketcall_block(block);
	munmap(block, sizeof(*block) * 3);
	return result;
}

#ifdef __x86_64__
static sigjmp_buf refused;

static void on_fault(int signal)
{
	(void)signal;
	siglongjmp(refused, 1);
}

/* A kernel without the 32-bit convention answers int 0x80 with a fault. */
static bool ia32_works(void)
{
	struct sigaction old, fault = {.sa_handler = on_fault};
	bool works = false;

	sigaction(SIGSEGV, &fault, &old);
	if (!sigsetjmp(refused, 1))
		works = int80(20 /* getpid */, 0, 0, 0, 0) == getpid();
	sigaction(SIGSEGV, &old, NULL);
	return works;
}
#endif

bool abi_works(enum abi abi)
{
#ifdef __x86_64__
	if (abi == ABI_IA32)
		return ia32_works();
	if (abi == ABI_X32)
		return syscall(SYS_getpid | X32_BIT) == getpid();
	if (abi == ABI_WIDE)
		return syscall(SYS_getpid | WIDE_BITS) == getpid();
	return true;
#else
	return abi == ABI_NATIVE;
#endif
}
