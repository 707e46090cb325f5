/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files whose paths change during an open: by a rename above a directory descriptor, above the
 * file, or of the file, or by the move of the mount that has it.
 */
#include "attack/rival.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MOST_PLACES 3

struct tree {
	char base[PATH_MAX / 2];
	/* Every path that the file has at some moment. */
	char places[MOST_PLACES][PATH_MAX];
	int count;
	struct stat file;
	/* The path that the other process renames, and the path that it renames it to. */
	char from[PATH_MAX], to[PATH_MAX];
	/* The second pair of "torn-path", below the new name of the first pair. */
	char inner_from[PATH_MAX], inner_to[PATH_MAX];
	bool mounted;
	/* The process that moves a mount has set its timers. */
	bool slowed;
};

static void join(char *to, const struct tree *tree, const char *rest)
{
	char joined[PATH_MAX];

	if (snprintf(joined, sizeof(joined), "%s/%s", tree->base, rest) >= PATH_MAX)
		_exit(3);
	strcpy(to, joined);
}

static void make_directory(const struct tree *tree, const char *rest)
{
	char path[PATH_MAX];

	join(path, tree, rest);
	if (mkdir(path, 0755) && errno != EEXIST)
		_exit(3);
}

static void make_file(struct tree *tree, const char *rest)
{
	char path[PATH_MAX];

	join(path, tree, rest);
	if ((mknod(path, S_IFREG | 0644, 0) && errno != EEXIST) || stat(path, &tree->file))
		_exit(3);
}

static struct tree *tree_new(const struct bytes *base)
{
	struct tree *tree = mmap(NULL, sizeof(*tree), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (tree == MAP_FAILED || base->length >= sizeof(tree->base))
		_exit(3);
	memcpy(tree->base, base->address, base->length);
	/* The renames on a tmpfs are ten times as fast. */
	tree->mounted = mounts_apart() && !mount("unraced", tree->base, "tmpfs", 0, NULL);
	return tree;
}

static void tree_free(struct tree *tree)
{
	if (tree->mounted)
		umount2(tree->base, MNT_DETACH);
	munmap(tree, sizeof(*tree));
}

static void reply_tree(const struct tree *tree, long won, const char *truth)
{
	reply_begin();
	reply("tid=%d won=%ld major=%u minor=%u inode=%llu truth=%s", own_tid(), won, major(tree->file.st_dev),
	      minor(tree->file.st_dev), (unsigned long long)tree->file.st_ino, truth);
	const char *places[MOST_PLACES];
	for (int i = 0; i < tree->count; i++)
		places[i] = tree->places[i];
	reply_texts("places", places, tree->count);
	reply_end();
}

/* Returns 'a' when the descriptor is of the file, else 'x', and closes it. */
static char truth_of(const struct tree *tree, long fd)
{
	struct stat status;
	char truth = fd >= 0 && !fstat((int)fd, &status) && status.st_ino == tree->file.st_ino ? 'a' : 'x';

	if (fd >= 0)
		close((int)fd);
	return truth;
}

/* Opens a file below a directory while another process acts; closes the directory, which may be missing. */
static void play_below(struct tree *tree, int directory, const char *name, void (*act)(struct rival *, long long),
		       void (*prepare)(struct rival *), long calls)
{
	char *truth = calloc((size_t)calls + 1, 1);
	struct rival *rival = rival_new(act, tree, true);
	long won = 0;

	rival->prepare = prepare;
	if (directory >= 0)
		rival_start(rival);
	for (long i = 0; truth && directory >= 0 && i < calls; i++) {
		rival_begin(rival);
		long fd = watched_openat(ABI_NATIVE, directory, name, O_RDONLY, 0);
		won += rival_end(rival);
		truth[i] = truth_of(tree, fd);
	}
	if (directory < 0 || !rival_stop(rival))
		fail("unsupported: the tree cannot be changed");
	else
		reply_tree(tree, won, truth);
	if (directory >= 0)
		close(directory);
	rival_free(rival);
	free(truth);
}

/* --- torn-path --- */

#define OUTER "secret-place"
#define INNER "information"

/*
 * Two directories above the open one are renamed one after the other. The inner one never has its new name while the
 * outer one has its old name.
 */
static void tear_tree(struct tree *tree)
{
	make_directory(tree, OUTER);
	make_directory(tree, OUTER "/" INNER);
	make_directory(tree, OUTER "/" INNER "/directory");
	make_file(tree, OUTER "/" INNER "/directory/f");
	join(tree->places[0], tree, OUTER "/" INNER "/directory/f");
	join(tree->places[1], tree, "s/" INNER "/directory/f");
	join(tree->places[2], tree, "s/i/directory/f");
	tree->count = 3;
	join(tree->from, tree, OUTER);
	join(tree->to, tree, "s");
	join(tree->inner_from, tree, "s/" INNER);
	join(tree->inner_to, tree, "s/i");
}

static void tear(struct rival *rival, long long moment)
{
	struct tree *tree = rival->of;

	rival_wait(moment);
	if (rename(tree->from, tree->to) || rename(tree->inner_from, tree->inner_to))
		rival->failed = true;
}

static void mend(struct rival *rival)
{
	struct tree *tree = rival->of;

	rename(tree->inner_to, tree->inner_from);
	if (rename(tree->to, tree->from) && errno != ENOENT)
		rival->failed = true;
}

void command_torn_path(void)
{
	struct bytes base = {0};
	long calls = (long)line_number("calls", 1000);
	char path[PATH_MAX];

	if (!bytes_take(&base, "base"))
		return;
	struct tree *tree = tree_new(&base);
	tear_tree(tree);
	join(path, tree, OUTER "/" INNER "/directory");
	/* Without OPEN_TREE_CLONE, open_tree(2) only gives a descriptor of the directory, and is no watched call. */
	int directory = (int)syscall(SYS_open_tree, AT_FDCWD, path, O_CLOEXEC);
	play_below(tree, directory, "f", tear, mend, calls);
	tree_free(tree);
	free(base.address);
}

/* --- moved --- */

static void move(struct rival *rival, long long moment)
{
	struct tree *tree = rival->of;

	rival_wait(moment);
	if (rename(tree->from, tree->to))
		rival->failed = true;
}

static void move_back(struct rival *rival)
{
	struct tree *tree = rival->of;

	if (rename(tree->to, tree->from) && errno != ENOENT)
		rival->failed = true;
}

void command_moved(void)
{
	struct bytes base = {0};
	long calls = (long)line_number("calls", 1000), won = 0;
	const char *how = line_text("how");

	if (!bytes_take(&base, "base"))
		return;
	struct tree *tree = tree_new(&base);
	char *truth = calloc((size_t)calls + 1, 1);
	struct rival *rival = rival_new(move, tree, true);
	bool whole = how && !strcmp(how, "directory");
	make_directory(tree, "d");
	make_file(tree, "d/file");
	join(tree->places[0], tree, "d/file");
	join(tree->places[1], tree, whole ? "moved/file" : "d/moved");
	tree->count = 2;
	join(tree->from, tree, whole ? "d" : "d/file");
	join(tree->to, tree, whole ? "moved" : "d/moved");
	rival->prepare = move_back;
	rival_start(rival);
	for (long i = 0; truth && i < calls; i++) {
		rival_begin(rival);
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, tree->places[0], O_RDONLY, 0);
		bool within = rival_end(rival);
		truth[i] = truth_of(tree, fd);
		won += within && truth[i] == 'a';
	}
	if (rival_stop(rival))
		reply_tree(tree, won, truth);
	else
		fail("the file could not be renamed");
	rename(tree->to, tree->from);
	rival_free(rival);
	free(truth);
	tree_free(tree);
	free(base.address);
}

/* --- moved-mount --- */

/* Timers interrupt the moving process, which makes the kernel's halves of a move last. */
#define TIMERS 4
#define TIMER_NANOS 10000

/* The process that moves mounts is the one whose processor the timers run on. */
static void slow_down(struct tree *tree)
{
	for (int i = 0; i < TIMERS && !tree->slowed; i++) {
		long first = TIMER_NANOS + i * TIMER_NANOS / TIMERS;
		const struct itimerspec times = {.it_interval.tv_nsec = TIMER_NANOS, .it_value.tv_nsec = first};
		int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

		if (timer < 0 || timerfd_settime(timer, 0, &times, NULL))
			_exit(3);
	}
	tree->slowed = true;
}

static void move_mount_there(struct rival *rival, long long moment)
{
	struct tree *tree = rival->of;

	slow_down(tree);
	rival_wait(moment);
	if (mount(tree->from, tree->to, NULL, MS_MOVE, NULL))
		rival->failed = true;
}

static void move_mount_back(struct rival *rival)
{
	struct tree *tree = rival->of;

	if (mount(tree->to, tree->from, NULL, MS_MOVE, NULL) && errno != EINVAL)
		rival->failed = true;
}

/* Mounts a file system with the file at "from". Returns a descriptor of its root, or -1. */
static int mount_tree(struct tree *tree)
{
	if (!tree->mounted)
		return -1;
	make_directory(tree, "from-here");
	make_directory(tree, "to");
	join(tree->from, tree, "from-here");
	join(tree->to, tree, "to");
	join(tree->places[0], tree, "from-here/file");
	join(tree->places[1], tree, "to/file");
	tree->count = 2;
	if (mount("unraced", tree->from, "tmpfs", 0, NULL))
		return -1;
	make_file(tree, "from-here/file");
	/* Without OPEN_TREE_CLONE, open_tree(2) only gives a descriptor of the directory, and is no watched call. */
	return (int)syscall(SYS_open_tree, AT_FDCWD, tree->from, O_CLOEXEC);
}

void command_moved_mount(void)
{
	struct bytes base = {0};
	long calls = (long)line_number("calls", 1000);

	if (!bytes_take(&base, "base"))
		return;
	struct tree *tree = tree_new(&base);
	play_below(tree, mount_tree(tree), "file", move_mount_there, move_mount_back, calls);
	tree_free(tree);
	free(base.address);
}
