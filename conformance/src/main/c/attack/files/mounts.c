/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A path that is expensive to prove: each of its directories is a mount point at a second place, and the file's mount
 * holds thousands of other mount points.
 */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

/* The number of directories in the path, each named by one letter; with them the path stays below PATH_MAX. */
#define NAMES 1900
#define MOST_CALLS 10000
#define COARSE 1000000 /* ns */

struct storm {
	char path[PATH_MAX];
	size_t base;
	int mounts;
	long calls;
	long long most, plain;
	struct stat file;
};

/*
 * Returns the path below a tree's root, down to a number of directories. Tree a is opened; tree b is the second way to
 * it.
 */
static const char *up_to(struct storm *storm, char tree, int names)
{
	static char path[PATH_MAX];
	size_t at = storm->base;

	memcpy(path, storm->path, at);
	at += (size_t)sprintf(path + at, "/%c", tree);
	for (int i = 0; i < names; i++)
		at += (size_t)sprintf(path + at, "/p");
	return path;
}

/* Returns the path of an entry of tree a, below a number of directories. */
static const char *in_tree(struct storm *storm, int names, const char *rest)
{
	static char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", up_to(storm, 'a', names), rest) >= PATH_MAX)
		_exit(3);
	return path;
}

static const char *numbered(struct storm *storm, int number)
{
	char rest[16];

	snprintf(rest, sizeof(rest), "m/%d", number);
	return in_tree(storm, 0, rest);
}

static bool make_tree(struct storm *storm)
{
	bool made = !mkdir(up_to(storm, 'a', 0), 0755) && !mkdir(up_to(storm, 'b', 0), 0755) &&
		    !mkdir(up_to(storm, 'e', 0), 0755);

	for (int i = 1; made && i <= NAMES; i++)
		made = !mkdir(up_to(storm, 'a', i), 0755);
	made = made && !mknod(in_tree(storm, NAMES, "f"), S_IFREG | 0644, 0);
	return made && !mkdir(in_tree(storm, 0, "m"), 0755);
}

/*
 * Binds tree a over itself and over b. From the deepest directory up, each one is then covered at b. Returns what is
 * missing, or NULL.
 */
static const char *mount_all(struct storm *storm)
{
	char empty[PATH_MAX], tree[PATH_MAX];

	strcpy(empty, up_to(storm, 'e', 0));
	strcpy(tree, up_to(storm, 'a', 0));
	if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return "no mount namespace of one's own";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(tree, tree, NULL, MS_BIND, NULL) ||
	    mount(tree, up_to(storm, 'b', 0), NULL, MS_BIND, NULL))
		return "no bind mounts";
	for (int i = NAMES; i > 0; i--)
		if (mount(empty, up_to(storm, 'b', i), NULL, MS_BIND, NULL))
			return "not so many bind mounts";
	for (int i = 0; i < storm->mounts; i++) {
		const char *path = numbered(storm, i);
		if (mkdir(path, 0755) || mount(empty, path, NULL, MS_BIND, NULL))
			return "not so many bind mounts";
	}
	return NULL;
}

/* Removes the tree, which is too deep for the code that removes the scratch directory. */
static void remove_tree(struct storm *storm)
{
	unlink(in_tree(storm, NAMES, "f"));
	for (int i = NAMES; i > 0; i--)
		rmdir(up_to(storm, 'a', i));
	for (int i = 0; i < storm->mounts; i++)
		rmdir(numbered(storm, i));
}

static long long used(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int by_time(const void *left, const void *right)
{
	long long a = *(const long long *)left, b = *(const long long *)right;

	return (a > b) - (a < b);
}

/*
 * Opens the path many times. Returns the processor time within which 95 of 100 calls are done; where the clock moves in
 * steps of over COARSE, as gVisor's, a call has none or a whole step, so the mean.
 */
static long long measure(struct storm *storm, const char *path)
{
	static long long times[MOST_CALLS];
	long long all = 0, step = 0;

	for (long i = 0; i < storm->calls; i++) {
		long long before = used();
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, path, O_RDONLY, 0);

		times[i] = used() - before;
		if (fd < 0 || fstat((int)fd, &storm->file))
			_exit(4);
		close((int)fd);
		all += times[i];
		if (times[i] && (!step || times[i] < step))
			step = times[i];
	}
	if (step > COARSE)
		return all / storm->calls;
	qsort(times, (size_t)storm->calls, sizeof(*times), by_time);
	return times[(storm->calls - 1) * 95 / 100];
}

static void be_slow(struct storm *storm)
{
	char file[PATH_MAX];

	if (!make_tree(storm))
		_exit(2);
	strcpy(file, in_tree(storm, NAMES, "f"));
	storm->plain = measure(storm, file);
	if (mount_all(storm))
		_exit(3);
	storm->most = measure(storm, file);
	_exit(0);
}

void command_mount_storm(void)
{
	struct bytes base = {0};
	struct storm *storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (storm == MAP_FAILED)
		_exit(3);
	storm->mounts = (int)line_number("mounts", 1000);
	storm->calls = (long)line_number("calls", 10);
	if (storm->calls < 1 || storm->calls > MOST_CALLS) {
		fail("mount-storm makes 1 to %d calls", MOST_CALLS);
	} else if (bytes_take(&base, "base")) {
		storm->base = base.length < PATH_MAX / 4 ? base.length : PATH_MAX / 4;
		memcpy(storm->path, base.address, storm->base);
		pid_t child = fork_child();
		if (!child)
			be_slow(storm);
		int status = child < 0 ? -1 : reap(child, 100);
		remove_tree(storm);
		if (status) {
			fail("unsupported: no such tree of mounts: status %d", status);
		} else {
			reply_begin();
			reply("tid=%d most=%lld plain=%lld", child, storm->most, storm->plain);
			reply("major=%u minor=%u inode=%llu", major(storm->file.st_dev), minor(storm->file.st_dev),
			      (unsigned long long)storm->file.st_ino);
			reply_end();
		}
	}
	free(base.address);
	munmap(storm, sizeof(*storm));
}
