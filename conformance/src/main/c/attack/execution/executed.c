/* SPDX-License-Identifier: Apache-2.0 */
/* The program that exec-race and elevated execute. */
#include "attack/execution/executed.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The linker's names for where the program begins and ends. */
extern char __executable_start[], _end[];

/* Returns which of the two programs this is. */
static int which(void)
{
	char real[4096];
	ssize_t length = readlink("/proc/self/exe", real, sizeof(real));

	return length > 0 && real[length - 1] == 'a' ? EXECUTED_A : EXECUTED_B;
}

/* The moved code needs this, which lies on the page behind its own. */
struct moved {
	unsigned long begin, length;
	struct prctl_mm_map map;
	char path[32], then[32];
	char *arguments[4], *environment[2];
};

static inline __attribute__((always_inline)) long raw(long number, long a, long b, long c, long d, long e)
{
	long result;
#ifdef __x86_64__
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
#else
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	result = x0;
#endif
	return result;
}

/*
 * Runs on a page of no file. The kernel takes another file for the memory's only when nothing of the program is mapped
 * any more: from CAP_SYS_RESOURCE by PR_SET_MM_EXE_FILE, from CAP_CHECKPOINT_RESTORE by PR_SET_MM_MAP. Then it executes
 * that file by its link in /proc.
 */
static __attribute__((noinline, section("moved_code"))) void run_moved(struct moved *moved)
{
	raw(SYS_munmap, (long)moved->begin, (long)moved->length, 0, 0, 0);
	long error = raw(SYS_prctl, PR_SET_MM, PR_SET_MM_EXE_FILE, EXECUTED_OTHER_FD, 0, 0);
	if (error)
		error = raw(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)&moved->map, sizeof(moved->map), 0);
	if (!error)
		error = raw(SYS_execve, (long)moved->path, (long)moved->arguments, (long)moved->environment, 0, 0);
	for (;;)
		raw(SYS_exit_group, EXECUTED_FAILED - error, 0, 0, 0, 0);
}

extern char __start_moved_code[], __stop_moved_code[];

static void replace(void)
{
	size_t code = (size_t)(__stop_moved_code - __start_moved_code), page = (size_t)getpagesize();
	unsigned long begin = (unsigned long)__executable_start & ~(page - 1);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct moved *moved = (struct moved *)(pages + page);
	void (*run)(struct moved *) = (void (*)(struct moved *))(pages + ((char *)run_moved - __start_moved_code));

	if (pages == MAP_FAILED || code > page)
		_exit(EXECUTED_FAILED);
	memcpy(pages, __start_moved_code, code);
	__builtin___clear_cache(pages, pages + code);
	moved->begin = begin;
	moved->length = (((unsigned long)_end + page - 1) & ~(page - 1)) - begin;
	/* The bounds have to be ordered, and within the memory that a program can have. */
	moved->map = (struct prctl_mm_map){
		.start_code = begin, .end_code = begin + page, .start_data = begin, .end_data = begin + page,
		.start_brk = begin + page, .brk = begin + page, .start_stack = (unsigned long)pages,
		.arg_start = (unsigned long)pages, .arg_end = (unsigned long)pages,
		.env_start = (unsigned long)pages, .env_end = (unsigned long)pages,
		.exe_fd = EXECUTED_OTHER_FD,
	};
	strcpy(moved->path, "/proc/self/exe");
	strcpy(moved->then, EXECUTED "=end");
	moved->arguments[0] = moved->path;
	moved->environment[0] = moved->then;
	run(moved);
}

bool executed_make(const char *path, mode_t mode, const char *bytes)
{
	char room[1 << 16];
	ssize_t count = 0;
	int from = bytes ? -1 : open("/proc/self/exe", O_RDONLY);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (to < 0 || (!bytes && from < 0))
		return false;
	if (bytes)
		count = write(to, bytes, strlen(bytes)) - (ssize_t)strlen(bytes);
	else
		while ((count = read(from, room, sizeof(room))) > 0)
			if (write(to, room, (size_t)count) != count)
				return false;
	return !fchmod(to, mode) && !count && !close(to);
}

int after_exec_race(const char *then, int count, char **arguments)
{
	if (!strcmp(then, "replace"))
		replace();
	if (!strcmp(then, "rewrite"))
		for (int i = 0; i < count; i++)
			memset(arguments[i], 'z', strlen(arguments[i]));
	return !strcmp(then, "credentials") ? tell_credentials() : which();
}
