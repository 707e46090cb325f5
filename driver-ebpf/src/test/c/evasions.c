/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes calls that an observer may misreport.
 *
 *   evasions hide EXECS OTHER      Each child executes OTHER, a copy of this program, and a tracer hides the return of
 *                                  that call. OTHER then makes an exec that a filter of seccomp refuses.
 *   evasions polled FILE USER      This user opens FILE by a polled ring whose thread belongs to root, and then lets so
 *                                  many requests wait that the driver forgets that open.
 *   evasions elsewhere DIRECTORY   Executes scripts of the directory, and files that it lacks, by paths that start in
 *                                  this mount namespace, and in the one that the program came from.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAITING 3000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void refuse_execveat(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 13),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die("seccomp");
}

#ifdef __x86_64__
/* The kernel does not report the return of a call whose number is gone. */
static void hide_return(pid_t child)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, child, 0, &registers))
		die("PTRACE_GETREGS");
	registers.orig_rax = -1;
	if (ptrace(PTRACE_SETREGS, child, 0, &registers))
		die("PTRACE_SETREGS");
}

static void hide(int execs, const char *other)
{
	for (int i = 0; i < execs; i++) {
		pid_t child = fork();
		int status;

		if (!child) {
			refuse_execveat();
			ptrace(PTRACE_TRACEME, 0, 0, 0);
			raise(SIGSTOP);
			execl(other, "other", (char *)NULL);
			_exit(1);
		}
		waitpid(child, &status, 0);
		ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXEC);
		ptrace(PTRACE_CONT, child, 0, 0);
		waitpid(child, &status, 0);
		if (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
			die("no exec");
		hide_return(child);
		ptrace(PTRACE_CONT, child, 0, 0);
		if (waitpid(child, &status, 0) < 0 || status)
			die("the other program failed");
	}
}
#else
static void hide(int execs, const char *other)
{
	die(other);
}
#endif

struct ring {
	int fd;
	char *shared;
	struct io_uring_params params;
	struct io_uring_sqe *entries;
	unsigned tail;
};

static void ring_open(struct ring *ring, unsigned entries)
{
	struct io_uring_params *params = &ring->params;
	size_t length;

	ring->fd = syscall(SYS_io_uring_setup, entries, params);
	if (ring->fd < 0)
		die("io_uring_setup");
	/* The submission queue's array lies behind the completions. */
	length = params->sq_off.array + params->sq_entries * sizeof(unsigned);
	ring->shared = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, params->sq_entries * sizeof(*ring->entries), PROT_READ | PROT_WRITE, MAP_SHARED,
			     ring->fd, IORING_OFF_SQES);
	if (ring->shared == MAP_FAILED || ring->entries == MAP_FAILED)
		die("mmap");
}

static unsigned *word_of(struct ring *ring, unsigned offset)
{
	return (unsigned *)(ring->shared + offset);
}

static struct io_uring_sqe *next_entry(struct ring *ring, int opcode, int fd)
{
	unsigned at = ring->tail++ & (ring->params.sq_entries - 1);
	struct io_uring_sqe *entry = &ring->entries[at];

	word_of(ring, ring->params.sq_off.array)[at] = at;
	memset(entry, 0, sizeof(*entry));
	entry->opcode = opcode;
	entry->fd = fd;
	return entry;
}

static void submit(struct ring *ring)
{
	unsigned *tail = word_of(ring, ring->params.sq_off.tail), count = ring->tail - *tail;

	__atomic_store_n(tail, ring->tail, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, count, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0) < 0)
		die("io_uring_enter");
}

/* Begins a chain that goes on when the pipe has a byte. */
static void await_pipe(struct ring *ring, int from)
{
	static char byte;
	struct io_uring_sqe *entry = next_entry(ring, IORING_OP_READ, from);

	entry->addr = (unsigned long)&byte;
	entry->len = 1;
	entry->flags = IOSQE_IO_LINK;
}

static struct io_uring_sqe *open_later(struct ring *ring, const char *path)
{
	struct io_uring_sqe *entry = next_entry(ring, IORING_OP_OPENAT, AT_FDCWD);

	entry->addr = (unsigned long)path;
	return entry;
}

static void await(unsigned *word, unsigned value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value)
		usleep(1000);
}

/* Keeps this thread to the processor that it is on, and returns that one. */
static int stay_here(void)
{
	int here = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(here, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
	return here;
}

/*
 * All submissions are on one processor: each processor has a list of its own of the map's newest entries, and first
 * evicts from its own list (kernel/bpf/bpf_lru_list.c).
 */
static void open_polled(const char *file, uid_t user)
{
	struct ring of_root = {.params = {.flags = IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF}}, attached = {},
		    plain = {};
	int go[2], stay[2];

	of_root.params.sq_thread_cpu = stay_here();
	ring_open(&of_root, 8);
	if (pipe(go) || pipe(stay) || setresgid(user, user, user) || setresuid(user, user, user))
		die("setresuid");
	attached.params.flags = IORING_SETUP_SQPOLL | IORING_SETUP_ATTACH_WQ;
	attached.params.wq_fd = of_root.fd;
	ring_open(&attached, 8);
	await_pipe(&attached, go[0]);
	open_later(&attached, file);
	submit(&attached);
	await(word_of(&attached, attached.params.sq_off.head), attached.tail);
	ring_open(&plain, 2 * WAITING);
	await_pipe(&plain, stay[0]);
	for (int i = 0; i < WAITING; i++)
		open_later(&plain, "/no/such/file")->flags = i < WAITING - 1 ? IOSQE_IO_LINK : 0;
	submit(&plain);
	if (write(go[1], "", 1) != 1)
		die("write");
	await(word_of(&attached, attached.params.cq_off.tail), 2);
}

static void execute(int directory, const char *path)
{
	char *arguments[] = {"", NULL};
	pid_t child = fork();

	if (!child) {
		if (directory == AT_FDCWD)
			execve(path, arguments, environ);
		else
			syscall(SYS_execveat, directory, path, arguments, environ, 0);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

/* Executes a script of the directory, and a file that it lacks. */
static void execute_both(int directory, const char *before, const char *place)
{
	static const char *const kinds[] = {"failed", "script"};

	for (int i = 0; i < 2; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%sevasions-%s-%s", before, place, kinds[i]);
		execute(directory, path);
	}
}

static void execute_elsewhere(const char *directory)
{
	int root = open("/", O_PATH), kept = open(directory, O_PATH), own;
	char before[4096];

	if (root < 0 || kept < 0 || unshare(CLONE_NEWNS) || (own = open(directory, O_PATH)) < 0 || fchdir(own))
		die("unshare");
	snprintf(before, sizeof(before), "%s/", directory);
	execute_both(AT_FDCWD, "", "own");
	execute_both(AT_FDCWD, before, "absolute");
	execute_both(kept, "", "descriptor");
	if (fchdir(kept))
		die("fchdir");
	execute_both(AT_FDCWD, "", "directory");
	if (fchdir(root) || chroot(".") || fchdir(own))
		die("chroot");
	execute_both(AT_FDCWD, before, "root");
}

int main(int count, char **given)
{
	if (count == 1) {
		/* Here the other program of "hide" runs. */
		syscall(SYS_execveat, AT_FDCWD, "/never/executed", given, environ, 0);
		return 0;
	}
	if (count == 4 && !strcmp(given[1], "hide"))
		hide(atoi(given[2]), given[3]);
	else if (count == 4 && !strcmp(given[1], "polled"))
		open_polled(given[2], atoi(given[3]));
	else if (count == 3 && !strcmp(given[1], "elsewhere"))
		execute_elsewhere(given[2]);
	else
		return 2;
	return 0;
}
