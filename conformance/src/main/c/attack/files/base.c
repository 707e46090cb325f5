/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open that starts elsewhere than where its caller seems to be. Directory p has a link to the file of p/q. When the
 * kernel starts at p, it goes through the link; when it starts at q, it does not. The link's access time tells which.
 */
#include "attack/rival.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef CLONE_FS
#define CLONE_FS 0x200
#endif
#define RESOLVE_IN_ROOT 0x10

struct pair {
	char place[PATH_MAX];
	int p, q;
	struct stat file;
};

static int directory_at(const char *base, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", base, name) >= PATH_MAX || mkdir(path, 0755))
		_exit(3);
	/* Without OPEN_TREE_CLONE, open_tree(2) only gives a descriptor of the directory, and is no watched call. */
	return (int)syscall(SYS_open_tree, AT_FDCWD, path, O_CLOEXEC);
}

static bool pair_make(struct pair *pair, const char *base)
{
	pair->p = directory_at(base, "p");
	pair->q = directory_at(base, "p/q");
	if (pair->p < 0 || pair->q < 0 || snprintf(pair->place, sizeof(pair->place), "%s/p/q/x", base) >= PATH_MAX)
		return false;
	return !symlinkat("q/x", pair->p, "x") && !mknodat(pair->q, "x", S_IFREG | 0644, 0) &&
	       !fstatat(pair->q, "x", &pair->file, 0);
}

static void forget_access(const struct pair *pair)
{
	const struct timespec times[] = {{.tv_sec = 1}, {.tv_sec = 1}};

	utimensat(pair->p, "x", times, AT_SYMLINK_NOFOLLOW);
}

/* Returns 'l' when the call went through the link, 'a' when it did not, and 'x' when it failed. */
static char truth_of(const struct pair *pair, long fd)
{
	struct stat link;

	if (fd < 0 || fstatat(pair->p, "x", &link, AT_SYMLINK_NOFOLLOW))
		return 'x';
	close((int)fd);
	return link.st_atim.tv_sec == 1 ? 'a' : 'l';
}

static void reply_pair(const struct pair *pair, int tid, long won, const char *truth)
{
	const char *places[] = {pair->place};

	reply_begin();
	reply("tid=%d won=%ld major=%u minor=%u inode=%llu truth=%s", tid, won, major(pair->file.st_dev),
	      minor(pair->file.st_dev), (unsigned long long)pair->file.st_ino, truth);
	reply_texts("places", places, 1);
	reply_end();
}

static void go_to_link(struct rival *rival, long long moment)
{
	const struct pair *pair = rival->of;

	rival_wait(moment);
	rival->failed = fchdir(pair->p) || rival->failed;
}

static void go_to_file(struct rival *rival)
{
	const struct pair *pair = rival->of;

	rival->failed = fchdir(pair->q) || rival->failed;
}

/* A process that shares the working directory and nothing else changes it in mid-call. */
static void swap_directory(struct pair *pair, char *truth, long calls)
{
	struct rival *rival = rival_new(go_to_link, pair, true);
	char before[PATH_MAX];
	long won = 0;

	rival->prepare = go_to_file;
	rival->shared = CLONE_FS;
	if (!getcwd(before, sizeof(before)))
		_exit(3);
	rival_start(rival);
	for (long i = 0; i < calls; i++) {
		forget_access(pair);
		rival_begin(rival);
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, "x", O_RDONLY, 0);
		rival_end(rival);
		truth[i] = truth_of(pair, fd);
		won += truth[i] == 'l';
	}
	if (rival_stop(rival))
		reply_pair(pair, own_tid(), won, truth);
	else
		fail("the directory could not be changed");
	if (chdir(before))
		_exit(3);
	rival_free(rival);
}

/* A child whose root is q has openat2 take p for the root. */
static void resolve_in_root(struct pair *pair, char *truth, long calls)
{
	const uint64_t how[] = {O_RDONLY, 0, RESOLVE_IN_ROOT};
	int channel[2];

	if (pipe(channel))
		_exit(3);
	pid_t child = fork_child();
	if (!child) {
		if (fchdir(pair->q) || chroot("."))
			_exit(2);
		for (long i = 0; i < calls; i++) {
			forget_access(pair);
			truth[i] = truth_of(pair, watched_openat2(ABI_NATIVE, pair->p, "/x", how, sizeof(how)));
		}
		_exit(write(channel[1], truth, (size_t)calls) != calls);
	}
	close(channel[1]);
	for (long at = 0; at < calls;) {
		ssize_t length = read(channel[0], truth + at, (size_t)(calls - at));

		if (length <= 0)
			break;
		at += length;
	}
	close(channel[0]);
	if (child < 0 || reap(child, 100))
		fail("unsupported: no chroot");
	else
		reply_pair(pair, child, calls, truth);
}

void command_base_swap(void)
{
	long calls = (long)line_number("calls", 1000);
	const char *how = line_text("how");
	struct bytes base = {0};
	struct pair pair = {0};
	bool in_root = how && !strcmp(how, "in-root");

	if (!bytes_take(&base, "base"))
		return;
	char *truth = calloc((size_t)calls + 1, 1);
	if (!truth)
		_exit(3);
	if (!pair_make(&pair, (const char *)base.address))
		fail("unsupported: no such directories");
	else if (in_root)
		resolve_in_root(&pair, truth, calls);
	else
		swap_directory(&pair, truth, calls);
	if (pair.p > 0)
		close(pair.p);
	if (pair.q > 0)
		close(pair.q);
	free(truth);
	free(base.address);
}
