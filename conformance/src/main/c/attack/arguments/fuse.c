/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A FUSE file system whose server rewrites the caller's path while the kernel waits for an answer. The server speaks
 * the kernel's protocol (linux/fuse.h, version 7.31) over /dev/fuse, without a library. The root has a file for each
 * name of one letter, whose node and inode number is the letter.
 */
#include "race.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MINOR 31
/* The smallest buffer that the kernel accepts for a read: FUSE_MIN_READ_BUFFER. */
#define REQUEST_ROOM 8192
#define SMALLEST_WRITE 4096

/* The memory that the caller and the server share. The path comes first, so that it starts on a page. */
struct stage {
	unsigned char path[RACE_ROOM];
	volatile size_t at;
	volatile unsigned char b;
	/* The request upon which the server rewrites the path: FUSE_LOOKUP or FUSE_OPEN; 0 for none. */
	volatile unsigned target;
};

static struct stage *stage;
static int stage_file = -1;

static void fill_attributes(struct fuse_attr *attributes, uint64_t node)
{
	attributes->ino = node;
	attributes->mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644;
	attributes->nlink = 1;
	attributes->blksize = 4096;
}

static void answer(int device, uint64_t unique, int error, const void *body, size_t length)
{
	struct fuse_out_header header = {.len = (uint32_t)(sizeof(header) + length), .error = error, .unique = unique};
	struct iovec parts[] = {{&header, sizeof(header)}, {(void *)body, length}};

	/* The request may have been interrupted and be gone, so a failed write is no error. */
	if (writev(device, parts, length ? 2 : 1) < 0)
		return;
}

/* The zero lifetimes keep the kernel from caching the entry, so that each open asks again. */
static void answer_lookup(int device, uint64_t unique, const char *name)
{
	struct fuse_entry_out entry = {0};

	if (!name[0] || name[1]) {
		answer(device, unique, -ENOENT, NULL, 0);
		return;
	}
	entry.nodeid = (unsigned char)name[0];
	fill_attributes(&entry.attr, entry.nodeid);
	answer(device, unique, 0, &entry, sizeof(entry));
}

static void answer_init(int device, uint64_t unique, const struct fuse_init_in *asked)
{
	struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
				     .minor = asked->minor < MINOR ? asked->minor : MINOR,
				     .max_write = SMALLEST_WRITE};

	answer(device, unique, 0, &init, sizeof(init));
}

static void serve_one(int device, const struct fuse_in_header *request)
{
	const void *body = request + 1;
	struct fuse_attr_out attributes = {0};
	struct fuse_open_out opened = {0};

	if (stage->target == request->opcode) {
		stage->target = 0;
		*(volatile unsigned char *)(stage->path + stage->at) = stage->b;
	}
	switch (request->opcode) {
	case FUSE_INIT:
		answer_init(device, request->unique, body);
		break;
	case FUSE_LOOKUP:
		answer_lookup(device, request->unique, body);
		break;
	case FUSE_GETATTR:
		fill_attributes(&attributes.attr, request->nodeid);
		answer(device, request->unique, 0, &attributes, sizeof(attributes));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(device, request->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		answer(device, request->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(device, request->unique, -ENOSYS, NULL, 0);
	}
}

/* Answers requests until the file system is unmounted. */
static void serve(int device)
{
	static char room[REQUEST_ROOM] __attribute__((aligned(8)));

	for (;;) {
		ssize_t got = read(device, room, sizeof(room));
		if (got >= (ssize_t)sizeof(struct fuse_in_header))
			serve_one(device, (struct fuse_in_header *)room);
		else if (got < 0 && errno != EINTR && errno != EAGAIN && errno != ENOENT)
			_exit(0);
	}
}

static bool stage_open(void)
{
	stage_file = memfd_create("stage", MFD_CLOEXEC);
	if (stage_file < 0 || ftruncate(stage_file, sizeof(*stage)))
		return false;
	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_SHARED, stage_file, 0);
	return stage != MAP_FAILED;
}

static int mount_at(const char *path, int device)
{
	char options[128];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", device);
	return mount("unraced", path, "fuse", MS_NOSUID | MS_NODEV, options) ? errno : 0;
}

/*
 * The server is a process of its own: if it shared descriptors with a caller that waits for it, neither could be
 * killed. It writes 0 to the pipe, or the errno for which it cannot serve.
 */
static void be_server(const char *path, int told)
{
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	int error = device < 0 ? errno : mount_at(path, device);

	if (write(told, &error, sizeof(error)) != sizeof(error) || error)
		_exit(1);
	close(told);
	/* The server lives as long as the actor, so it needs no watchdog. */
	alarm(0);
	serve(device);
}

/*
 * A kernel may mount a file system that it then cannot use: gVisor needs requests that this server lacks, and returns
 * ENOSYS.
 */
static int first_answer(const char *path)
{
	char file[PATH_MAX];
	struct stat status;

	snprintf(file, sizeof(file), "%s/a", path);
	return stat(file, &status) && errno == ENOSYS ? ENOSYS : 0;
}

static int server_start(const char *path)
{
	int pipes[2], error = EPIPE;

	if (!mounts_apart())
		return EPERM;
	if ((stage_file < 0 && !stage_open()) || pipe(pipes))
		return errno;
	pid_t child = fork_child();
	if (!child) {
		close(pipes[0]);
		be_server(path, pipes[1]);
	}
	close(pipes[1]);
	if (child < 0 || read(pipes[0], &error, sizeof(error)) != sizeof(error))
		error = EPIPE;
	close(pipes[0]);
	if (!error)
		error = first_answer(path);
	if (child > 0 && error)
		reap(child, 5);
	return error;
}

void command_fuse(void)
{
	size_t length = 0;
	char *path = (char *)line_bytes("path", &length);
	int error = path ? server_start(path) : EINVAL;

	free(path);
	if (error) {
		fail("unsupported: no FUSE file system: /dev/fuse or mount: %s", strerror(error));
		return;
	}
	reply_begin();
	reply_end();
}

const char *fuse_open(struct race *race)
{
	if (stage_file < 0)
		return "there is no FUSE file system yet";
	race->memory = race->alias =
		mmap(NULL, RACE_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, stage_file, 0);
	return race->memory == MAP_FAILED ? "no memory" : NULL;
}

/* The server rewrites the path in the lookup and in the open by turns; the kernel has its copy of the path in both. */
void fuse_prepare(struct race *race)
{
	race->alias[race->at] = race->a;
	stage->at = race->at;
	stage->b = race->b;
	stage->target = race->acts++ & 1 ? FUSE_OPEN : FUSE_LOOKUP;
}
