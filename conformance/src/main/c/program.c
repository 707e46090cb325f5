/* SPDX-License-Identifier: Apache-2.0 */
/* A child that executes a program, itself or by a script, and what it was; and what it tried before. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define SCRIPT "#!" SELF " after-program\n"
#define MOST_ARGUMENTS 5
/* The effective group of a child whose exec raises its capabilities. */
#define OTHER_GROUP 4242
/* d_path() of fs/d_path.c */
#define DELETED " (deleted)"

struct program {
	char *before, *after; /* the paths that the child opens before the exec, and the program after it */
	char *script;	      /* NULL: the program is executed itself */
	char *fails;	      /* NULL: no exec fails before */
	char tag[24];
	bool by_thread;
	bool raises; /* the exec gives the thread capabilities that it has not */
};

int after_program(char **arguments)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	counts_open();
	watched_openat(ABI_NATIVE, AT_FDCWD, arguments[0], O_RDONLY, atol(arguments[1]) + 1);
	return (int)(atol(arguments[1]) % 100);
}

/* Returns the arguments that the new image has. The kernel puts those of a script's first line before the others. */
static int arguments_of(const struct program *program, const char **arguments)
{
	int count = 0;

	arguments[count++] = program->script ? SELF : "unraced-actor";
	arguments[count++] = "after-program";
	arguments[count++] = program->script ? program->script : "-";
	arguments[count++] = program->after;
	arguments[count++] = program->tag;
	return count;
}

/* Asks for a program that is not there, by each of the two calls. */
static void fail_to_execute(const char *path)
{
	char *arguments[] = {"missing", NULL};

	execve(path, arguments, arguments + 1);
	syscall(SYS_execveat, AT_FDCWD, path, arguments, arguments + 1, AT_SYMLINK_NOFOLLOW);
}

/* Gives the effective capabilities away, which an exec by root brings back: capabilities(7). */
static void lower(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	if (syscall(SYS_setregid, -1, OTHER_GROUP) || syscall(SYS_capget, &header, data))
		_exit(103);
	data[0].effective = data[1].effective = 0;
	if (syscall(SYS_capset, &header, data))
		_exit(104);
}

static void *execute(void *argument)
{
	const struct program *program = argument;
	char *itself[] = {"unraced-actor", "after-program", "-", program->after, (char *)program->tag, NULL};
	char *script[] = {"unraced-actor", program->after, (char *)program->tag, NULL};
	char *environment[] = {NULL};

	if (program->fails)
		fail_to_execute(program->fails);
	if (program->raises)
		lower();
	if (program->script)
		execve(program->script, script, environment);
	else
		execve(SELF, itself, environment);
	_exit(101);
}

static void child_main(struct program *program)
{
	pthread_t thread;

	watched_openat(ABI_NATIVE, AT_FDCWD, program->before, O_RDONLY, atol(program->tag));
	if (!program->by_thread)
		execute(program);
	if (pthread_create(&thread, NULL, execute, program))
		_exit(102);
	for (;;)
		pause();
}

/* Makes the script without a watched call. */
static bool script_make(const char *path)
{
	if (mknod(path, S_IFREG | 0755, 0) && errno != EEXIST)
		return false;
	int fd = open_unwatched(path, O_WRONLY);
	bool made = fd >= 0 && write(fd, SCRIPT, strlen(SCRIPT)) == (ssize_t)strlen(SCRIPT);

	if (fd >= 0)
		close(fd);
	return made;
}

static void answer(const struct program *program, pid_t child, int status, long long begun)
{
	const char *arguments[MOST_ARGUMENTS];
	char all[4096], real[4096];
	size_t length = 0;
	struct stat file = {0};
	ssize_t named = readlink(SELF, real, sizeof(real));
	int count = arguments_of(program, arguments);

	for (int i = 0; i < count && length + strlen(arguments[i]) < sizeof(all); i++) {
		strcpy(all + length, arguments[i]);
		length += strlen(arguments[i]) + 1;
	}
	stat(SELF, &file);
	/* The link says so of a file without a name, which the path then was before. */
	if (!file.st_nlink && named > (ssize_t)strlen(DELETED))
		named -= (ssize_t)strlen(DELETED);
	reply_begin();
	reply("tgid=%d status=%d begun=%lld ended=%lld", child, status, begun, now());
	reply("major=%u minor=%u inode=%llu deleted=%d", major(file.st_dev), minor(file.st_dev),
	      (unsigned long long)file.st_ino, !file.st_nlink);
	reply_hex("real", real, named < 0 ? 0 : (size_t)named);
	const char *asked = program->script ? program->script : SELF;
	reply_hex("asked", asked, strlen(asked));
	if (program->script)
		reply_hex("interpreter", SELF, strlen(SELF));
	reply_hex("arguments", all, length);
	if (program->raises)
		reply("euid_before=%u egid_before=%u capabilities_before=0", geteuid(), OTHER_GROUP);
	reply_end();
}

void command_program(void)
{
	size_t length;
	struct program program = {
		.before = (char *)line_bytes("path", &length),
		.after = (char *)line_bytes("other", &length),
		.script = (char *)line_bytes("script", &length),
		.fails = (char *)line_bytes("fails", &length),
		.by_thread = line_number("thread", 0),
		.raises = line_number("raises", 0),
	};
	long long begun = now();
	pid_t child = -1;

	snprintf(program.tag, sizeof(program.tag), "%lld", line_number("tag", 1));
	if (program.script && !script_make(program.script)) {
		fail("unsupported: a script without a watched call: %s", strerror(errno));
	} else {
		if (program.before && program.after)
			child = fork_child();
		if (!child)
			child_main(&program);
		int status = child < 0 ? -1 : reap(child, 20);
		/* The new program counts its call in memory of its own. */
		__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
		if (child < 0)
			fail("the program could not be started: %s", strerror(errno));
		else
			answer(&program, child, status, begun);
	}
	free(program.before);
	free(program.after);
	free(program.script);
	free(program.fails);
}
