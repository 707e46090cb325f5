/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens that fail while a process which shares the thread's root and working directory moves the root to that of the
 * world's mount namespace, and back. The path leads to a fifo without a reader, which the thread's own namespace may
 * hide; then the error tells in which of the two the kernel looked it up.
 */
#include "hunter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_OPENS 64

/* Without OPEN_TREE_CLONE, open_tree(2) only gives a descriptor, and is no watched call. */
static int directory_at(const char *path)
{
	return (int)syscall(SYS_open_tree, AT_FDCWD, path, O_CLOEXEC);
}

static void move_root(const bool *astray, int own, int cwd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (__atomic_load_n(astray, __ATOMIC_RELAXED) && !arena->stopped) {
		if (fchdir(HOST_ROOT_FD) || chroot(".") || fchdir(own) || chroot("."))
			break;
	}
	_exit(fchdir(own) || chroot(".") || fchdir(cwd));
}

/* Returns the number of the namespace in which the kernel looked for the fifo; 0 when the error does not tell. */
static unsigned long namespace_of(const struct self *self, long result, bool hidden)
{
	struct stat world;

	if (!hidden || fstat(NAMESPACE_FD, &world))
		return 0;
	return result == -ENXIO ? world.st_ino : result == -ENOENT ? self->mount_ns : 0;
}

void act_astray(struct self *self, const struct op *op)
{
	bool *astray = &arena->astray[self->actor->id], hidden = faccessat(AT_FDCWD, op->page, F_OK, 0) != 0;
	int own = directory_at("/"), cwd = directory_at("."), status = 0;
	long times = op->value < MOST_OPENS ? op->value : MOST_OPENS;

	*astray = true;
	pid_t child = own < 0 || cwd < 0 ? -1 : (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_FS, NULL, NULL, NULL, 0);

	if (!child)
		move_root(astray, own, cwd);
	for (long i = 0; i < times && child > 0 && !arena->stopped; i++) {
		beat(self);
		uint64_t begin = now();
		long result = call_open(op);
		uint64_t end = now();

		self->start_ns = namespace_of(self, result, hidden);
		log_open(self, op, op->entry == IA32 ? "ia32" : "native", result, begin, end, 1, -1, false);
		if (result >= 0)
			close((int)result);
	}
	self->start_ns = 0;
	__atomic_store_n(astray, false, __ATOMIC_RELAXED);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	close(own);
	close(cwd);
}
