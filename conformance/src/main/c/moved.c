/* SPDX-License-Identifier: Apache-2.0 */
/* Files whose names change while they are opened: above a directory descriptor, above the file, and the file's own. */
#include "rival.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

#define MOST_PLACES 8

struct tree {
	char base[PATH_MAX / 2];
	/* Every path that the file has at any moment. */
	char places[MOST_PLACES][PATH_MAX];
	int count;
	struct stat file;
	/* What the other process renames, there and back. */
	char from[PATH_MAX], to[PATH_MAX];
	/* Of the torn path: the second pair, below either name of the first. */
	char inner[2][PATH_MAX], other[2][PATH_MAX];
	volatile long renames;
	volatile bool over;
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
	return tree;
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

/* The file's own descriptor tells that it is the file. */
static char truth_of(const struct tree *tree, long fd)
{
	struct stat status;
	char truth = fd >= 0 && !fstat((int)fd, &status) && status.st_ino == tree->file.st_ino ? 'a' : 'x';

	if (fd >= 0)
		close((int)fd);
	return truth;
}

/* --- torn-path --- */

#define LONG "secret-of-a-name-that-is-much-longer-than-the-other-one"
#define LONG_INNER "information-that-lies-deep"

/* Two directories above the open one change names all the while, so that four paths lead to the file. */
static void tear_tree(struct tree *tree)
{
	static const char *const outer[] = {LONG, "s"}, *const inner[] = {LONG_INNER, "i"};
	char rest[PATH_MAX];

	for (int i = 0; i < 2; i++) {
		make_directory(tree, outer[i]);
		for (int j = 0; j < 2; j++) {
			snprintf(rest, sizeof(rest), "%s/%s", outer[i], inner[j]);
			make_directory(tree, rest);
		}
	}
	make_directory(tree, LONG "/" LONG_INNER "/directory");
	make_file(tree, LONG "/" LONG_INNER "/directory/f");
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 2; j++) {
			snprintf(rest, sizeof(rest), "%s/%s/directory/f", outer[i], inner[j]);
			join(tree->places[tree->count++], tree, rest);
		}
	}
	join(tree->from, tree, LONG);
	join(tree->to, tree, "s");
	for (int i = 0; i < 2; i++) {
		snprintf(rest, sizeof(rest), "%s/%s", outer[i], LONG_INNER);
		join(tree->inner[i], tree, rest);
		snprintf(rest, sizeof(rest), "%s/i", outer[i]);
		join(tree->other[i], tree, rest);
	}
}

static bool exchange(const char *a, const char *b)
{
	return !syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

static void tear(struct tree *tree)
{
	while (!tree->over) {
		if (!exchange(tree->from, tree->to))
			break;
		/* Whichever of the two holds the open directory now. */
		exchange(tree->inner[0], tree->other[0]);
		exchange(tree->inner[1], tree->other[1]);
		tree->renames += 3;
	}
	_exit(tree->over ? 0 : 4);
}

void command_torn_path(void)
{
	struct bytes base = {0};
	long calls = (long)line_number("calls", 1000);
	char path[PATH_MAX];

	if (!bytes_take(&base, "base"))
		return;
	struct tree *tree = tree_new(&base);
	char *truth = calloc((size_t)calls + 1, 1);
	tear_tree(tree);
	join(path, tree, LONG "/" LONG_INNER "/directory");
	/* A clone of no mount, only a descriptor of the place, by a call that nobody watches. */
	int directory = (int)syscall(SYS_open_tree, AT_FDCWD, path, O_CLOEXEC);
	pid_t child = truth && directory >= 0 ? fork_child() : -1;
	if (!child)
		tear(tree);
	while (child > 0 && !tree->renames && !kill(child, 0))
		pause_micros(100);
	for (long i = 0; child > 0 && i < calls; i++)
		truth[i] = truth_of(tree, watched_openat(ABI_NATIVE, directory, "f", O_RDONLY, 0));
	tree->over = true;
	if (child < 0 || reap(child, 10))
		fail("unsupported: no RENAME_EXCHANGE, or no open_tree");
	else
		reply_tree(tree, tree->renames, truth);
	if (directory >= 0)
		close(directory);
	free(truth);
	munmap(tree, sizeof(*tree));
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
	munmap(tree, sizeof(*tree));
	free(base.address);
}
