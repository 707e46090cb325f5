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
	const char *path;
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

int open_unwatched(const char *path, int flags)
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
	int fd = open_by_handle_at(AT_FDCWD, &place.handle, flags | O_CLOEXEC);
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

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct swap *swap = with;

	rival_begin(rival);
	long fd = watched_openat(ABI_NATIVE, AT_FDCWD, swap->path, O_RDONLY, 0);
	bool within = rival_end(rival);
	*won = within && is_swapped(swap, fd);
	close(swap->wanted);
	if (fd >= 0 && fd != swap->wanted)
		close((int)fd);
	/* The path never changes, so the call opened a, whatever the descriptor is now. */
	return fd >= 0 ? 'a' : 'x';
}

static void play(struct swap *swap, long calls)
{
	swap->wanted = dup(0);
	close(swap->wanted);
	rival_play(rival_new(act, swap, false), calls, play_round, swap, "the descriptor cannot be replaced");
}

void command_fd_swap(void)
{
	struct bytes a = {0}, b = {0};
	const char *how = line_text("how");
	struct swap swap = {.reopens = how && !strcmp(how, "reopen")};

	if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		swap.path = (char *)a.address;
		swap.decoy = open_unwatched((char *)b.address, O_RDONLY);
		if (swap.decoy < 0 || fstat(swap.decoy, &swap.file))
			fail("unsupported: open_by_handle_at: %s", strerror(errno));
		else
			play(&swap, (long)line_number("calls", 1000));
		if (swap.decoy >= 0)
			close(swap.decoy);
	}
	free(a.address);
	free(b.address);
}
