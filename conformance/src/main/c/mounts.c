/* SPDX-License-Identifier: Apache-2.0 */
/* A path that is dear to prove: something is mounted on each of its names elsewhere, and its mount has thousands of others. */
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
#include <time.h>
#include <unistd.h>

#define NAMES 200
#define MOST_CALLS 10000

struct storm {
	char path[PATH_MAX];
	size_t base;
	int mounts;
	long calls;
	long long shortest, longest, plain;
	long ended;
};

/* The path of the tree that is opened, up to so many names; the other way to it begins with another letter. */
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

static bool make_tree(struct storm *storm)
{
	char path[PATH_MAX];
	bool made = !mkdir(up_to(storm, 'a', 0), 0755) && !mkdir(up_to(storm, 'b', 0), 0755) &&
		    !mkdir(up_to(storm, 'e', 0), 0755) && !mkdir(up_to(storm, 'm', 0), 0755);

	for (int i = 1; made && i <= NAMES; i++)
		made = !mkdir(up_to(storm, 'a', i), 0755);
	snprintf(path, sizeof(path), "%s/f", up_to(storm, 'a', NAMES));
	made = made && !mknod(path, S_IFREG | 0644, 0);
	snprintf(path, sizeof(path), "%s/m", up_to(storm, 'a', 0));
	return made && !mkdir(path, 0755);
}

/* The tree is a mount of its own, seen at two places; from the deepest name up, each is covered at the second one. */
static const char *mount_all(struct storm *storm)
{
	char path[PATH_MAX], empty[PATH_MAX], tree[PATH_MAX];

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
		snprintf(path, sizeof(path), "%s/m/%d", up_to(storm, 'a', 0), i);
		if (mkdir(path, 0755) || mount(empty, path, NULL, MS_BIND, NULL))
			return "not so many bind mounts";
	}
	return NULL;
}

static long long used(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void measure(const struct storm *storm, const char *path, long long *shortest, long long *longest)
{
	*shortest = LLONG_MAX;
	*longest = 0;
	for (long i = 0; i < storm->calls; i++) {
		long long before = used();
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, path, O_RDONLY, 0);
		long long took = used() - before;

		if (fd < 0)
			_exit(4);
		close((int)fd);
		*shortest = took < *shortest ? took : *shortest;
		*longest = took > *longest ? took : *longest;
	}
}

static void be_slow(struct storm *storm)
{
	char file[PATH_MAX];
	long long longest;

	snprintf(file, sizeof(file), "%s/f", up_to(storm, 'a', NAMES));
	if (!make_tree(storm))
		_exit(2);
	measure(storm, file, &storm->plain, &longest);
	if (mount_all(storm))
		_exit(3);
	measure(storm, file, &storm->shortest, &storm->longest);
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
		if (status) {
			fail("unsupported: no such tree of mounts: status %d", status);
		} else {
			reply_begin();
			reply("tid=%d shortest=%lld longest=%lld plain=%lld", child, storm->shortest, storm->longest,
			      storm->plain);
			reply_end();
		}
	}
	free(base.address);
	munmap(storm, sizeof(*storm));
}
