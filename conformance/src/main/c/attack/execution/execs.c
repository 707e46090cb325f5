/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks on what the event of an exec says. Each round is a process that executes a program, or fails to. There are
 * two programs, a and b, both copies of the actor's. The one that ran tells by its exit status which it is, and the
 * errno of a call that failed tells which path the kernel took.
 */
#include "attack/execution/executed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK (64 * 1024)
#define MOST_ROUNDS 1024
/* A file that the actor registers with binfmt_misc begins so. */
#define MAGIC "UNRACED-EXEC"

/* A round needs this, and shares it with the processes that play it. */
struct execs {
	const struct play *play;
	char base[PATH_MAX];
	char path[PATH_MAX];	/* what the call names; its last byte can change */
	char first, second;	/* the two versions of that byte */
	int cold;		/* the file whose page has the path */
	long calls;
	pid_t tids[MOST_ROUNDS];
	char truth[MOST_ROUNDS + 1];
};

/* One of the attacks. */
struct play {
	const char *how;
	/* The name below the base that the calls name, and the last byte of its other version, or 0. */
	const char *name;
	char second;
	/* The program does this when it runs. */
	const char *then;
	/* The rival works against all rounds, and never returns; it may be NULL. */
	void (*rival)(struct execs *);
	/* The child of a round, which executes. It never returns. */
	void (*child)(struct execs *);
	/* Registers the file's kind before, and may be NULL. */
	const char *kind;
};

static const char *below(const struct execs *execs, const char *name)
{
	static char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", execs->base, name);
	return path;
}

/* --- the rivals --- */

static void flip(struct execs *execs)
{
	volatile char *byte = execs->path + strlen(execs->path) - 1;

	for (;;) {
		*byte = execs->second;
		*byte = execs->first;
	}
}

static void *flip_thread(void *execs)
{
	flip(execs);
	return NULL;
}

/* Moves the link i from one program to the other. */
static void move_link(struct execs *execs)
{
	char link[2 * PATH_MAX], next[2 * PATH_MAX];

	strcpy(link, below(execs, "i"));
	strcpy(next, below(execs, "j"));
	unlink(next);
	for (;;) {
		if (symlink("b", next) || rename(next, link) || symlink("a", next) || rename(next, link))
			_exit(1);
	}
}

/* --- the children of a round --- */

static int execute(void *of)
{
	struct execs *execs = of;
	char then[64];
	char *arguments[] = EXECUTED_ARGUMENTS, *environment[] = {then, NULL};

	snprintf(then, sizeof(then), EXECUTED "=%s", execs->play->then);
	execve(execs->path, arguments, environment);
	_exit(EXECUTED_FAILED + errno);
}

static void *execute_thread(void *execs)
{
	execute(execs);
	return NULL;
}

static void by_first_thread(struct execs *execs)
{
	/* A fork does not copy the way to shared pages; no observer could read the path at the entry. */
	(void)*(volatile char *)execs->path;
	execute(execs);
}

static void by_second_thread(struct execs *execs)
{
	pthread_t thread;

	(void)*(volatile char *)execs->path;
	if (pthread_create(&thread, NULL, execute_thread, execs))
		_exit(EXECUTED_FAILED);
	for (;;)
		pause();
}

/* The path lies on a page that this process has not touched. */
static void by_cold_page(struct execs *execs)
{
	char *arguments[] = EXECUTED_ARGUMENTS, *environment[] = {EXECUTED "=end", NULL};
	char *page = mmap(NULL, PATH_MAX, PROT_READ, MAP_PRIVATE, execs->cold, 0);

	execve(page, arguments, environment);
	_exit(EXECUTED_FAILED + errno);
}

/* Another process, which shares the descriptors, replaces the one by which this one executes a program. */
static void by_descriptor(struct execs *execs)
{
	char *arguments[] = EXECUTED_ARGUMENTS, *environment[] = {EXECUTED "=end", NULL};
	volatile long *turns = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	int a = open(below(execs, "a"), O_RDONLY), b = open(below(execs, "b"), O_RDONLY);
	dup2(a, EXECUTED_OTHER_FD);
	if (!clone_child(CLONE_FILES)) {
		for (;;) {
			dup2(b, EXECUTED_OTHER_FD);
			dup2(a, EXECUTED_OTHER_FD);
			++*turns;
		}
	}
	while (!*turns)
		sched_yield();
	syscall(SYS_execveat, EXECUTED_OTHER_FD, "", arguments, environment, AT_EMPTY_PATH);
	_exit(EXECUTED_FAILED + errno);
}

/* The new program takes b for its memory's file. */
static void by_replacing_program(struct execs *execs)
{
	dup2(open(below(execs, "b"), O_RDONLY), EXECUTED_OTHER_FD);
	execute(execs);
}

#ifdef __x86_64__
/* arch/x86/entry/syscalls/syscall_32.tbl */
#define IA32_EXECVE 11
#define IA32_EXECVEAT 358

/* These bytes lie where pointers of 32 bits reach. */
struct low {
	char path[PATH_MAX], variable[32];
	unsigned arguments[2], environment[2];
};

/* Executes by the 32-bit convention. */
static void by_ia32(struct execs *execs, bool at)
{
	struct low *low = map_low(sizeof(*low));
	unsigned base = (unsigned)(unsigned long)low;
	unsigned arguments = base + (unsigned)offsetof(struct low, arguments);
	unsigned environment = base + (unsigned)offsetof(struct low, environment);
	long result;

	strcpy(low->path, execs->path);
	strcpy(low->variable, EXECUTED "=end");
	low->arguments[0] = base;
	low->environment[0] = base + (unsigned)offsetof(struct low, variable);
	if (at)
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(IA32_EXECVEAT), "b"(AT_FDCWD), "c"(base), "d"(arguments), "S"(environment),
				   "D"(AT_SYMLINK_NOFOLLOW)
				 : "memory", "r8", "r9", "r10", "r11");
	else
		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(IA32_EXECVE), "b"(base), "c"(arguments), "d"(environment)
				 : "memory", "r8", "r9", "r10", "r11");
	_exit(EXECUTED_FAILED - (int)result);
}
#else
static void by_ia32(struct execs *execs, bool at)
{
	(void)execs, (void)at;
	_exit(EXECUTED_FAILED);
}
#endif

static void by_ia32_execve(struct execs *execs)
{
	by_ia32(execs, false);
}

static void by_ia32_execveat(struct execs *execs)
{
	by_ia32(execs, true);
}

/* --- binfmt_misc --- */

/*
 * Registers the kind of f, whose interpreter is the link i, in a process that removes it again when its input ends.
 * Returns that process, or -1.
 */
static pid_t register_kind(struct execs *execs, int *input)
{
	int to[2], back[2];
	char told = 0;

	if (pipe2(to, O_CLOEXEC) || pipe2(back, O_CLOEXEC))
		return -1;
	pid_t child = fork();
	if (!child) {
		char line[3 * PATH_MAX], place[2 * PATH_MAX], entry[3 * PATH_MAX];
		int length = snprintf(line, sizeof(line), ":unraced-%d:M::" MAGIC "::%s:%s", getpid(),
				      below(execs, "i"), execs->play->kind);

		close(to[1]);
		alarm(0);
		strcpy(place, below(execs, "kinds"));
		mkdir(place, 0700);
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("none", place, "binfmt_misc", 0, NULL))
			_exit(1);
		snprintf(entry, sizeof(entry), "%s/register", place);
		int fd = open(entry, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, line, (size_t)length) != length || write(back[1], "r", 1) != 1)
			_exit(1);
		if (read(to[0], &told, 1) < 0)
			_exit(1);
		snprintf(entry, sizeof(entry), "%s/unraced-%d", place, getpid());
		fd = open(entry, O_WRONLY | O_CLOEXEC);
		_exit(fd < 0 || write(fd, "-1", 2) != 2);
	}
	close(to[0]);
	close(back[1]);
	if (child < 0 || read(back[0], &told, 1) != 1) {
		close(to[1]);
		if (child > 0)
			reap(child, 5);
		child = -1;
	}
	close(back[0]);
	*input = to[1];
	return child;
}

/* --- the rounds --- */

static void tell(struct execs *execs, long round, pid_t child)
{
	int status = child < 0 ? -1 : reap(child, 20), code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	/* Only what fails when the memory is replaced already ends by a signal. */
	bool failed_late = WIFSIGNALED(status) && !strcmp(execs->play->how, "failed-late");

	execs->tids[round] = child;
	if (code == EXECUTED_A || failed_late || code == EXECUTED_FAILED + ENOENT)
		execs->truth[round] = 'a';
	else if (code == EXECUTED_B || code == EXECUTED_FAILED + EACCES)
		execs->truth[round] = 'b';
	else
		execs->truth[round] = 'x';
}

static void play_rounds(struct execs *execs)
{
	for (long i = 0; i < execs->calls; i++) {
		pid_t child = fork_child();

		if (!child)
			execs->play->child(execs);
		tell(execs, i, child);
	}
}

/* The children execute in the memory of a process in which another thread rewrites the path. */
static void play_vforks(struct execs *execs)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t player = fork_child();
	pthread_t thread;

	if (player) {
		reap(player, 60);
		return;
	}
	if (stack == MAP_FAILED || pthread_create(&thread, NULL, flip_thread, execs))
		_exit(1);
	for (long i = 0; i < execs->calls; i++)
		tell(execs, i, clone(execute, stack + STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, execs));
	_exit(0);
}

static void play(struct execs *execs)
{
	pid_t rival = execs->play->rival ? fork_child() : 0;

	if (execs->play->rival && !rival) {
		alarm(0);
		execs->play->rival(execs);
	}
	if (execs->play->child)
		play_rounds(execs);
	else
		play_vforks(execs);
	if (rival > 0) {
		kill(rival, SIGKILL);
		waitpid(rival, NULL, 0);
	}
}

static void answer(const struct execs *execs)
{
	long won = 0;

	for (long i = 0; i < execs->calls; i++)
		won += execs->truth[i] == 'b';
	reply_begin();
	reply("tid=0 won=%ld truth=%s tids=", won, execs->truth);
	for (long i = 0; i < execs->calls; i++)
		reply_more(i ? ",%d" : "%d", execs->tids[i]);
	reply_end();
}

/* --- the files --- */

/* Makes all files, in a process of its own, so that the main thread makes no watched call. */
static bool files_make(const struct execs *execs)
{
	char script[3 * PATH_MAX], link[2 * PATH_MAX];
	pid_t child = fork_child();

	if (child)
		return child > 0 && !reap(child, 20);
	snprintf(script, sizeof(script), "#!%s\n", below(execs, "i"));
	strcpy(link, below(execs, "i"));
	unlink(link);
	_exit(!executed_make(below(execs, "a"), 0755, NULL) || !executed_make(below(execs, "b"), 0755, NULL) ||
	      !executed_make(below(execs, "n"), 0644, "") || !executed_make(below(execs, "s"), 0755, script) ||
	      !executed_make(below(execs, "f"), 0755, MAGIC "\n") || !unmappable_make(below(execs, "l")) ||
	      symlink("a", link));
}

/* Prepares what the calls of the attack name. */
static bool prepare(struct execs *execs)
{
	char page[PATH_MAX] = {0};

	snprintf(execs->path, sizeof(execs->path), "%.4000s/%s", execs->base, execs->play->name);
	execs->first = execs->path[strlen(execs->path) - 1];
	execs->second = execs->play->second;
	strcpy(page, execs->path);
	execs->cold = memfd_create("path", MFD_CLOEXEC);
	return execs->cold >= 0 && write(execs->cold, page, sizeof(page)) == sizeof(page);
}

static const struct play *play_of_line(void)
{
	static const struct play all[] = {
		{"flip", "a", 'b', "end", flip, by_first_thread, NULL},
		{"thread", "a", 'b', "end", flip, by_second_thread, NULL},
		{"vfork", "a", 'b', "end", NULL, NULL, NULL},
		{"failed", "m", 'n', "end", flip, by_first_thread, NULL},
		{"cold", "a", 0, "end", NULL, by_cold_page, NULL},
		{"cold-failed", "m", 0, "end", NULL, by_cold_page, NULL},
		{"failed-late", "l", 0, "end", NULL, by_second_thread, NULL},
		{"ia32", "a", 0, "end", NULL, by_ia32_execve, NULL},
		{"ia32-failed", "m", 0, "end", NULL, by_ia32_execve, NULL},
		{"ia32-at-failed", "m", 0, "end", NULL, by_ia32_execveat, NULL},
		{"descriptor", "a", 0, "end", NULL, by_descriptor, NULL},
		{"script", "s", 0, "end", move_link, by_first_thread, NULL},
		{"kind", "f", 0, "end", move_link, by_first_thread, ""},
		{"kind-fixed", "f", 0, "end", move_link, by_first_thread, "F"},
		{"arguments", "a", 0, "rewrite", NULL, by_first_thread, NULL},
		{"replaced", "a", 0, "replace", NULL, by_replacing_program, NULL},
	};
	const char *how = line_text("how");

	for (size_t i = 0; how && i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(all[i].how, how))
			return &all[i];
	return NULL;
}

static void play_prepared(struct execs *execs)
{
	pid_t registrar = 0;
	int input = -1;

	if (!strncmp(execs->play->how, "ia32", 4) && !abi_works(ABI_IA32)) {
		fail("unsupported: this kernel takes no 32-bit calls");
		return;
	}
	if (execs->play->kind)
		registrar = register_kind(execs, &input);
	if (registrar < 0) {
		fail("unsupported: no binfmt_misc that the actor may mount");
		return;
	}
	play(execs);
	if (registrar) {
		close(input);
		if (reap(registrar, 10)) {
			fail("the kind of a file stayed registered");
			return;
		}
	}
	if (memchr(execs->truth, 'x', (size_t)execs->calls))
		fail("unsupported: neither version was executed: %.80s", execs->truth);
	else
		answer(execs);
}

void command_exec_race(void)
{
	struct execs *execs = mmap(NULL, sizeof(*execs), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct bytes base = {0};

	if (execs == MAP_FAILED)
		_exit(3);
	execs->play = play_of_line();
	execs->calls = (long)line_number("calls", 1);
	if (!execs->play) {
		fail("exec-race needs how=, which PROTOCOL.md lists");
	} else if (execs->calls > MOST_ROUNDS) {
		fail("exec-race plays up to %d rounds", MOST_ROUNDS);
	} else if (bytes_take(&base, "base")) {
		snprintf(execs->base, sizeof(execs->base), "%s", (char *)base.address);
		if (files_make(execs) && prepare(execs))
			play_prepared(execs);
		else
			fail("unsupported: no files: %s", strerror(errno));
		close(execs->cold);
	}
	free(base.address);
	munmap(execs, sizeof(*execs));
}
