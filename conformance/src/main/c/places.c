/* SPDX-License-Identifier: Apache-2.0 */
/* Odd places to open from: detached mounts, other mount namespaces, and behind a seccomp filter. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
/* OPEN_TREE_CLONE of uapi/linux/mount.h. */
#define CLONE_TREE 1

/* Clones a directory's mount without attaching it, and keeps it as a handle. */
void command_tree(void)
{
	size_t length = 0;
	unsigned char *path = line_bytes("path", &length);
	int tree = path ? (int)syscall(SYS_open_tree, AT_FDCWD, path, CLONE_TREE | O_CLOEXEC) : -1;

	if (tree < 0) {
		fail("unsupported: open_tree: %s", strerror(errno));
	} else {
		int own = fcntl(tree, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
		close(tree);
		handle_put(line_number("keep", 0), own);
		reply_begin();
		reply_end();
	}
	free(path);
}

/* Starts a child in a mount namespace of its own, which lives as long as the actor. */
void command_elsewhere(void)
{
	int ready[2];
	char done = 0;

	if (pipe(ready)) {
		fail("pipe: %s", strerror(errno));
		return;
	}
	pid_t child = fork_child();
	if (!child) {
		done = !unshare(CLONE_NEWNS);
		if (write(ready[1], &done, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ssize_t got = read(ready[0], &done, 1);
	close(ready[0]);
	if (child < 0 || got != 1 || !done) {
		fail("unsupported: no mount namespace of one's own");
		return;
	}
	reply_begin();
	reply("pid=%d", child);
	reply_end();
}

/*
 * Keeps a path descriptor to a file below a directory that is gone, the status of a process that has ended. Without
 * OPEN_TREE_CLONE, open_tree(2) only gives a descriptor, and is no watched call.
 */
void command_departed(void)
{
	char path[64];
	pid_t child = fork_child();

	if (!child)
		for (;;)
			pause();
	snprintf(path, sizeof(path), "/proc/%d/status", child);
	int file = child < 0 ? -1 : (int)syscall(SYS_open_tree, AT_FDCWD, path, O_CLOEXEC);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	if (file < 0) {
		fail("unsupported: open_tree: %s", strerror(errno));
		return;
	}
	int own = fcntl(file, F_DUPFD_CLOEXEC, FIRST_OWN_FD);

	close(file);
	handle_put(line_number("keep", 0), own);
	reply_begin();
	reply("fd=%d", own);
	reply_hex("path", path, strlen(path));
	reply_end();
}

static void ignore(int signal)
{
	(void)signal;
}

static void trap_openat(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(filter) / sizeof(*filter), .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(2);
}

/* A child opens a path, which its seccomp filter answers with SIGSYS. The call's number is an open descriptor. */
void command_trapped(void)
{
	size_t length = 0;
	unsigned char *path = line_bytes("path", &length);
	pid_t child = path ? fork_child() : -1;

	if (!child) {
		dup2(STDIN_FILENO, SYS_openat);
		signal(SIGSYS, ignore);
		trap_openat();
		watched_openat(ABI_NATIVE, AT_FDCWD, path, O_RDONLY, 0);
		_exit(0);
	}
	int status = child < 0 ? -1 : reap(child, 10);
	if (status) {
		fail("unsupported: no seccomp filter: status %d", status);
	} else {
		reply_begin();
		reply("tid=%d", child);
		reply_end();
	}
	free(path);
}

/* Makes a file in memory, which is in no directory. */
void command_memfd(void)
{
	int made = memfd_create("unraced", MFD_CLOEXEC);
	int own = fcntl(made, F_DUPFD_CLOEXEC, FIRST_OWN_FD);

	close(made);
	if (own < 0) {
		fail("unsupported: memfd_create: %s", strerror(errno));
		return;
	}
	handle_put(line_number("keep", 0), own);
	reply_begin();
	reply("fd=%d", own);
	reply_end();
}

/* Gives the main thread a mount namespace of its own, so that its mounts end with the actor. */
bool mounts_apart(void)
{
	static bool apart;

	if (!apart)
		apart = !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return apart;
}

/* Opens the root by a call that is not watched, with a number that no test takes for its own. */
static int root_directory(void)
{
	int made = (int)syscall(SYS_open_tree, AT_FDCWD, "/", O_CLOEXEC);
	int own = fcntl(made, F_DUPFD_CLOEXEC, FIRST_OWN_FD);

	close(made);
	return own;
}

/*
 * Gives the main thread a mount namespace of its own. It goes back to the root of the one before, and keeps its own as
 * a directory; or it stays, and keeps the other.
 */
void command_oldroot(void)
{
	long long stays = line_number("stay", 0);
	int before = root_directory(), own;

	if (before < 0 || unshare(CLONE_NEWNS) || (own = root_directory()) < 0 ||
	    (!stays && (fchdir(before) || chroot(".")))) {
		fail("unsupported: a root in another mount namespace: %s", strerror(errno));
		return;
	}
	handle_put(line_number("keep", 0), stays ? before : own);
	reply_begin();
	reply_end();
}

/* Binds a directory over another one, for the main thread alone. */
void command_mount(void)
{
	size_t length = 0;
	char *from = (char *)line_bytes("from", &length), *to = (char *)line_bytes("to", &length);

	if (!mounts_apart() || !from || !to || mount(from, to, NULL, MS_BIND, NULL)) {
		fail("unsupported: mount: %s", strerror(errno));
	} else {
		reply_begin();
		reply_end();
	}
	free(from);
	free(to);
}
