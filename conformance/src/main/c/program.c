/* SPDX-License-Identifier: Apache-2.0 */
/* A child that executes a program, itself or by a script, and what it was; and what it tried before. */
#include "attack/execution/executed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define SCRIPT "#!" SELF " after-program\n"
#define MOST_ARGUMENTS 5
/* The effective group of a child whose exec raises its capabilities. */
#define OTHER_GROUP 4242
/* The exit status of a child that may not make a user namespace. */
#define NO_NAMESPACE 106
/* d_path() of fs/d_path.c */
#define DELETED " (deleted)"

struct program {
	char *before, *after; /* the paths that the child opens before the exec, and the program after it */
	char *script;	      /* NULL: the program is executed itself */
	char *copy;	      /* NULL, or a copy of the program that is executed */
	char *fails;	      /* NULL: no exec fails before */
	const char *terminal; /* how the child comes to a terminal, or NULL */
	int told;	      /* where the child tells its terminal */
	char tag[24];
	bool by_thread;
	bool raises; /* the exec gives the thread capabilities that it has not */
	bool nested; /* the exec is in a user namespace of its own */
};

/* Returns the path of the program's file. */
static const char *file_of(const struct program *program)
{
	return program->copy ? program->copy : SELF;
}

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
	if (program->nested && unshare(CLONE_NEWUSER))
		_exit(NO_NAMESPACE);
	if (program->script)
		execve(program->script, script, environment);
	else
		execve(file_of(program), itself, environment);
	_exit(101);
}

static void child_main(struct program *program)
{
	pthread_t thread;

	watched_openat(ABI_NATIVE, AT_FDCWD, program->before, O_RDONLY, atol(program->tag));
	if (program->terminal) {
		struct terminal terminal = {0};

		if (!terminal_take(&terminal, program->terminal, atol(program->tag)) ||
		    write(program->told, &terminal, sizeof(terminal)) != sizeof(terminal))
			_exit(105);
	}
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

/* Makes the copy where it is not there yet, by a child whose calls do not count. */
static bool copy_make(const char *path)
{
	pid_t child;

	if (!path || !access(path, X_OK))
		return true;
	child = fork();
	if (!child)
		_exit(!executed_make(path, 0755, NULL));
	return child > 0 && !reap(child, 20);
}

static void answer(const struct program *program, const struct terminal *terminal, pid_t child, int status,
		   long long begun)
{
	const char *arguments[MOST_ARGUMENTS];
	char all[4096], real[4096];
	size_t length = 0;
	struct stat file = {0};
	ssize_t named = program->copy ? -1 : readlink(SELF, real, sizeof(real));
	int count = arguments_of(program, arguments);

	for (int i = 0; i < count && length + strlen(arguments[i]) < sizeof(all); i++) {
		strcpy(all + length, arguments[i]);
		length += strlen(arguments[i]) + 1;
	}
	stat(file_of(program), &file);
	/* The link says so of a file without a name, which the path then was before. */
	if (!file.st_nlink && named > (ssize_t)strlen(DELETED))
		named -= (ssize_t)strlen(DELETED);
	reply_begin();
	reply("tgid=%d status=%d begun=%lld ended=%lld", child, status, begun, now());
	reply("major=%u minor=%u inode=%llu deleted=%d", major(file.st_dev), minor(file.st_dev),
	      (unsigned long long)file.st_ino, !file.st_nlink);
	if (named >= 0)
		reply_hex("real", real, (size_t)named);
	const char *asked = program->script ? program->script : file_of(program);
	reply_hex("asked", asked, strlen(asked));
	if (program->script)
		reply_hex("interpreter", SELF, strlen(SELF));
	reply_hex("arguments", all, length);
	if (program->raises)
		reply("euid_before=%u egid_before=%u capabilities_before=0", geteuid(), OTHER_GROUP);
	if (program->terminal)
		reply("terminal=%u:%u witness=%u:%u", terminal->major, terminal->minor, terminal->witness_major,
		      terminal->witness_minor);
	reply_end();
}

void command_program(void)
{
	size_t length;
	struct program program = {
		.before = (char *)line_bytes("path", &length),
		.after = (char *)line_bytes("other", &length),
		.script = (char *)line_bytes("script", &length),
		.copy = (char *)line_bytes("copy", &length),
		.fails = (char *)line_bytes("fails", &length),
		.terminal = line_text("terminal"),
		.by_thread = line_number("thread", 0),
		.raises = line_number("raises", 0),
		.nested = !strcmp(line_verb(), "nested"),
	};
	struct terminal terminal = {0};
	long long begun = now();
	pid_t child = -1;
	int told[2];

	snprintf(program.tag, sizeof(program.tag), "%lld", line_number("tag", 1));
	if (program.script && !script_make(program.script)) {
		fail("unsupported: a script without a watched call: %s", strerror(errno));
	} else if (!copy_make(program.copy)) {
		fail("the program could not be copied: %s", strerror(errno));
	} else if (pipe2(told, O_CLOEXEC)) {
		fail("no pipe: %s", strerror(errno));
	} else {
		program.told = told[1];
		if (program.before && program.after)
			child = fork_child();
		if (!child)
			child_main(&program);
		int status = child < 0 ? -1 : reap(child, 20);
		/* The new program counts its call in memory of its own. */
		__atomic_fetch_add(&counts()->begun, 1, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&counts()->ended, 1, __ATOMIC_SEQ_CST);
		close(told[1]);
		if (child < 0)
			fail("the program could not be started: %s", strerror(errno));
		else if (program.nested && WIFEXITED(status) && WEXITSTATUS(status) == NO_NAMESPACE)
			fail("unsupported: a user namespace");
		else if (program.terminal && read(told[0], &terminal, sizeof(terminal)) != sizeof(terminal))
			fail("%s: status %#x", access("/dev/ptmx", R_OK) ? "unsupported: no /dev/ptmx" : "no terminal",
			     status);
		else
			answer(&program, &terminal, child, status, begun);
		close(told[0]);
	}
	free(program.before);
	free(program.after);
	free(program.script);
	free(program.copy);
	free(program.fails);
}

/* Leaves a child that has ended, which its parent does not look for before it ends itself. */
void command_ended(void)
{
	siginfo_t info;
	pid_t child = fork_child();

	if (!child)
		_exit(0);
	if (child < 0 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT)) {
		fail("no child ended: %s", strerror(errno));
		return;
	}
	reply_begin();
	reply("tgid=%d", child);
	reply_end();
}

/* The most processes of a command, each of which is a number of its answer. */
#define MOST_ROUNDS 100

static int waiting, released;

static void *end_with_others(void *unused)
{
	(void)unused;
	__atomic_fetch_add(&waiting, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&released, __ATOMIC_SEQ_CST))
		sched_yield();
	syscall(SYS_exit, 0);
	return NULL;
}

/* Ends the process by the first thread, or has each thread end by itself. */
static void end_at_once(int threads, bool by_first)
{
	pthread_t thread;

	for (int i = 0; i < threads; i++) {
		if (pthread_create(&thread, NULL, end_with_others, NULL))
			_exit(1);
	}
	while (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST) < threads)
		sched_yield();
	if (by_first)
		_exit(0);
	__atomic_store_n(&released, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_exit, 0);
}

void command_ended_at_once(void)
{
	int threads = (int)line_number("threads", 1), rounds = (int)line_number("rounds", 1);
	char tgids[MOST_ROUNDS * 12] = "";
	size_t length = 0;

	for (int i = 0; i < rounds && i < MOST_ROUNDS; i++) {
		pid_t child = fork_child();

		if (!child)
			end_at_once(threads, i % 2);
		if (child < 0 || reap(child, 20)) {
			fail("no child ended with its threads: %s", strerror(errno));
			return;
		}
		length += (size_t)snprintf(tgids + length, sizeof(tgids) - length, "%s%d", i ? "," : "", child);
	}
	reply_begin();
	reply("tgids=%s", tgids);
	reply_end();
}
