/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of names, mounts, namespaces, descriptors, sockets, and bytes of arguments. */
#include "hunter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char *const CHANGE_NAMES[] = {
	"rename", "exchange", "link", "unlink", "symlink", "bind", "umount", "unshare", "setns", "chroot", "chdir",
};
static const char *const DIRECTORIES[] = { "a", "b", "c", "a/p" };
#define DIRECTORY_COUNT 4

/* One lock gives all changes of names an order, so that the judge can replay them. */
void lock_changes(void)
{
	while (__atomic_exchange_n(&arena->changes_lock, 1, __ATOMIC_ACQUIRE))
		sched_yield();
}

void unlock_changes(void)
{
	__atomic_store_n(&arena->changes_lock, 0, __ATOMIC_RELEASE);
}

static const char *whole(char *to, const char *path)
{
	snprintf(to, PATH_MAX, "%s/%s", base, path);
	return to;
}

static int symlink_over(const char *target, const char *path)
{
	int failed = unlinkat(ROOT_FD, path, 0);

	return failed && errno != ENOENT ? failed : symlinkat(target, ROOT_FD, path);
}

static int change(const struct op *op)
{
	char from[PATH_MAX], to[PATH_MAX];

	switch (op->change) {
	case RENAME:
		return renameat(ROOT_FD, op->path, ROOT_FD, op->other);
	case EXCHANGE:
		return (int)syscall(SYS_renameat2, ROOT_FD, op->path, ROOT_FD, op->other, RENAME_EXCHANGE);
	case LINK:
		return linkat(ROOT_FD, op->path, ROOT_FD, op->other, 0);
	case UNLINK:
		return unlinkat(ROOT_FD, op->path, 0);
	case SYMLINK:
		return symlink_over(op->other, op->path);
	case BIND:
		return mount(whole(from, op->path), whole(to, op->other), NULL, MS_BIND, NULL);
	case UMOUNT:
		return umount2(whole(to, op->path), MNT_DETACH);
	case UNSHARE:
		return unshare(CLONE_NEWNS);
	case SETNS:
		return setns(NAMESPACE_FD, CLONE_NEWNS) || chdir(base) ? -1 : 0;
	case CHROOT:
		if (op->value < 0)
			return fchdir(HOST_ROOT_FD) || chroot(".") || fchdir(ROOT_FD) ? -1 : 0;
		return fchdir(DIRECTORY_FD + (int)op->value) || chroot(".") ? -1 : 0;
	default:
		return fchdir(op->value < 0 ? ROOT_FD : DIRECTORY_FD + (int)op->value);
	}
}

void make_change(struct self *self, const struct op *op)
{
	struct stat stat;
	unsigned long inode = 0;
	long result;

	lock_changes();
	uint64_t begin = now();

	result = change(op) ? -errno : 0;
	uint64_t end = now();

	if (op->change >= UNSHARE)
		refresh_mount_ns(self);
	if (op->change == SYMLINK && !result && !fstatat(ROOT_FD, op->path, &stat, AT_SYMLINK_NOFOLLOW))
		inode = stat.st_ino;
	append(self->log,
	       "change n=%lu a=%d o=%d r=%d b=%lu e=%lu what=%s path=%s other=%s value=%ld res=%ld "
	       "ns=%lu ino=%lu\n",
	       ++arena->changes, self->actor->id, (int)(op - program.ops), self->round, begin, end,
	       CHANGE_NAMES[op->change], op->path, op->other, op->value, result, self->mount_ns, inode);
	unlock_changes();
}

void disturb_descriptor(struct self *self, const struct op *op)
{
	uint64_t begin = now();

	if (op->verb == DUP2)
		dup2(op->slot >= 0 ? SLOT_FD + op->slot : DIRECTORY_FD, (int)op->value);
	else
		close((int)op->value);
	append(self->log, "fd tab=%d b=%lu e=%lu fd=%ld\n", table_of(self), begin, now(), op->value);
}

void renew_socket(struct self *self, const struct op *op)
{
	int fd = new_socket(program.slot_kinds[op->slot]);
	uint64_t begin = now();

	dup2(fd, SLOT_FD + op->slot);
	append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), SLOT_FD + op->slot);
	close(fd);
}

/* Returns an own descriptor of the file that another process has at that number, or -1. */
int fetch(int process, int fd)
{
	int handle = (int)syscall(SYS_pidfd_open, arena->pids[process % MAX_PROCESSES], 0);
	int own = handle < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, handle, fd, 0);

	if (handle >= 0)
		close(handle);
	return own;
}

/* Takes another process's socket of the same slot. */
void steal(struct self *self, const struct op *op)
{
	int fd = fetch((int)op->value, SLOT_FD + op->slot);
	uint64_t begin = now();

	if (fd >= 0) {
		dup2(fd, SLOT_FD + op->slot);
		close(fd);
		append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), SLOT_FD + op->slot);
	}
}

/* Toggles each argument of the program that flips, with one store each. */
void flip_all(struct self *self)
{
	for (int turn = 0; turn < 64 && !arena->stopped; turn++) {
		uint64_t bits = next_random(self);

		beat(self);
		for (int i = 0; i < program.ops_count; i++) {
			const struct op *op = &program.ops[i];
			const char *value = op->flip_values[bits >> (i & 63) & 1];

			if (op->flip_size == 1)
				__atomic_store_n(op->flip_at, *value, __ATOMIC_RELAXED);
			else if (op->flip_size == 4)
				__atomic_store_n((uint32_t *)op->flip_at, *(const uint32_t *)value, __ATOMIC_RELAXED);
			else if (op->flip_size == 8)
				__atomic_store_n((uint64_t *)op->flip_at, *(const uint64_t *)value, __ATOMIC_RELAXED);
		}
	}
}

static void log_node(const char *path)
{
	struct stat stat;
	char target[PATH_MAX] = "";

	if (fstatat(ROOT_FD, path, &stat, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISLNK(stat.st_mode)) {
		ssize_t length = readlinkat(ROOT_FD, path, target, sizeof(target) - 1);

		target[length < 0 ? 0 : length] = 0;
	}
	append(&arena->logs[MAX_ACTORS], "node path=%s ino=%lu dev=%u:%u kind=%s target=%s\n", path, stat.st_ino,
	       major(stat.st_dev), minor(stat.st_dev),
	       S_ISDIR(stat.st_mode) ? "dir" : S_ISLNK(stat.st_mode) ? "link" : "file",
	       target);
}

static void make_directory(const char *path)
{
	static const char *const files[] = { "x", "y", "z" };
	char name[PATH_MAX];

	if (*path)
		mkdirat(ROOT_FD, path, 0755);
	log_node(*path ? path : ".");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s%s%s", path, *path ? "/" : "", files[i]);
		close(openat(ROOT_FD, name, O_CREAT | O_WRONLY, 0644));
		log_node(name);
	}
	snprintf(name, sizeof(name), "%s%sl", path, *path ? "/" : "");
	symlinkat("x", ROOT_FD, name);
	log_node(name);
}

static void keep(int fd, int number)
{
	dup2(fd, number);
	close(fd);
}

void build_tree(void)
{
	char name[256];

	keep(open(base, O_PATH | O_DIRECTORY), ROOT_FD);
	keep(open("/proc", O_PATH | O_DIRECTORY), PROC_FD);
	keep(open("/", O_PATH | O_DIRECTORY), HOST_ROOT_FD);
	keep(openat(PROC_FD, "thread-self/ns/mnt", O_RDONLY), NAMESPACE_FD);
	make_directory("");
	make_directory("a");
	make_directory("a/p");
	make_directory("a/p/q");
	make_directory("b");
	make_directory("b/p");
	make_directory("b/p/q");
	make_directory("c");
	/* A fifo that nobody reads. */
	mkdirat(ROOT_FD, "w", 0755);
	log_node("w");
	mkfifoat(ROOT_FD, "w/f", 0600);
	log_node("w/f");
	/* An open of this fifo for reading blocks until a signal comes. */
	mkfifoat(ROOT_FD, "f", 0600);
	log_node("f");
	mkdirat(ROOT_FD, "n", 0755);
	log_node("n");
	/* The paths below this directory are too long for an ordinary entry of a stash. */
	snprintf(name, sizeof(name), "c/%0*d", 200, 7);
	make_directory(name);
	for (int i = 0; i < DIRECTORY_COUNT; i++)
		keep(openat(ROOT_FD, DIRECTORIES[i], O_PATH | O_DIRECTORY), DIRECTORY_FD + i);
	for (int i = 0; i < MAX_SLOTS; i++) {
		if (program.slot_kinds[i] >= 0)
			keep(new_socket(program.slot_kinds[i]), SLOT_FD + i);
	}
	build_mailboxes();
}
