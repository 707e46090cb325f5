/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that shares the main thread's descriptor table replaces the descriptor that a call returns. */
#include "attack/rival.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANDLE_ROOM 128

struct swap {
	bool reopens;
	struct stat file;
	/* The descriptor that the call will return, and the one that replaces it. */
	int wanted, decoy;
};

static void act(struct rival *rival, long long moment)
{
	struct swap *swap = rival->of;

	rival_wait(moment);
	if (!swap->reopens) {
		dup2(swap->decoy, swap->wanted);
		return;
	}
	close(swap->wanted);
	int fd = dup(swap->decoy);
	if (fd != swap->wanted)
		close(fd);
}

int open_unwatched(const char *path)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + HANDLE_ROOM];
	} place = {.handle = {.handle_bytes = HANDLE_ROOM}};
	char before[PATH_MAX], directory[PATH_MAX];
	int mount, own = -1;

	if (strlen(path) >= sizeof(directory) || !getcwd(before, sizeof(before)) ||
	    name_to_handle_at(AT_FDCWD, path, &place.handle, &mount, 0))
		return -1;
	strcpy(directory, path);
	if (chdir(dirname(directory)))
		return -1;
	int fd = open_by_handle_at(AT_FDCWD, &place.handle, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		own = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
		close(fd);
	}
	return chdir(before) ? -1 : own;
}

static bool is_swapped(const struct swap *swap, long fd)
{
	struct stat status;

	return fd == swap->wanted && !fstat(swap->wanted, &status) && status.st_ino == swap->file.st_ino;
}

static void play(struct swap *swap, const char *path, long calls)
{
	struct rival *rival = rival_new(act, swap, false);
	char *truth = calloc((size_t)calls + 1, 1);
	long won = 0;

	if (!truth)
		_exit(3);
	swap->wanted = dup(0);
	close(swap->wanted);
	rival_start(rival);
	for (long i = 0; i < calls; i++) {
		rival_begin(rival);
		long fd = watched_openat(ABI_NATIVE, AT_FDCWD, path, O_RDONLY, 0);
		bool within = rival_end(rival);
		/* The path never changes, so the call opened a, whatever the descriptor is now. */
		truth[i] = fd >= 0 ? 'a' : 'x';
		won += within && is_swapped(swap, fd);
		close(swap->wanted);
		if (fd >= 0 && fd != swap->wanted)
			close((int)fd);
	}
	rival_stop(rival);
	reply_begin();
	reply("tid=%d won=%ld truth=%s", own_tid(), won, truth);
	reply_end();
	rival_free(rival);
	free(truth);
}

void command_fd_swap(void)
{
	struct bytes a = {0}, b = {0};
	const char *how = line_text("how");
	struct swap swap = {.reopens = how && !strcmp(how, "reopen")};

	if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		swap.decoy = open_unwatched((char *)b.address);
		if (swap.decoy < 0 || fstat(swap.decoy, &swap.file))
			fail("unsupported: open_by_handle_at: %s", strerror(errno));
		else
			play(&swap, (char *)a.address, (long)line_number("calls", 1000));
		if (swap.decoy >= 0)
			close(swap.decoy);
	}
	free(a.address);
	free(b.address);
}
