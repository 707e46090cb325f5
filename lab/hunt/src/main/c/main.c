/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads programs from standard input, each behind a line "program BYTES", runs each in a world of its own, and writes
 * the log of it to standard output, followed by a line "end".
 */
#include "hunter.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM_ROOM (1 << 20)
/* One round of an actor logs fewer bytes than this. */
#define LOG_RESERVE (512 << 10)

struct arena *arena;
/* The tree's own directory lies below the mount, so that ".." at its top leads to nothing else. */
char base[BASE_ROOM];
static const char *mount_point;

static void on_signal(int signal)
{
	(void)signal;
}

void handle_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);
	/* The kernel restarts a call that SIGUSR2 interrupts. */
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &action, NULL);
}

static void run_op(struct self *self, const struct op *op)
{
	beat(self);
	if (!self->actor->disturbs && (op->verb == OPEN || op->verb == CONNECT || op->verb == RING || op->verb == PAIR))
		meet(self, op->flip_size > 0);
	switch (op->verb) {
	case OPEN:
		act_open(self, op);
		break;
	case CONNECT:
		act_connect(self, op);
		break;
	case RING:
		act_ring(self, op, op + 1);
		break;
	case REAP:
		act_reap(self);
		break;
	case PAIR:
		act_pair(self, op);
		break;
	case CHANGE:
		make_change(self, op);
		break;
	case DUP2:
	case CLOSE:
		disturb_descriptor(self, op);
		break;
	case FLIP:
		flip_all(self);
		break;
	case SOCKET:
		renew_socket(self, op);
		break;
	case STEAL:
		steal(self, op);
		break;
	case SIGNAL:
		syscall(SYS_tgkill, arena->pids[program.actors[op->value % program.actors_count].process],
			arena->tids[op->value % program.actors_count], op->restart ? SIGUSR2 : SIGUSR1);
		break;
	case PAUSE:
		usleep((useconds_t)op->value);
		break;
	case EMULATE:
		act_emulated(self, op);
		break;
	case SEND:
		send_right(self, op);
		break;
	case RECEIVE:
		receive_right(self, op);
		break;
	case FASTOPEN:
		send_elsewhere(self, op);
		break;
	case REBIND:
	case REFORM:
		rename_socket(self, op);
		break;
	case EXEC:
		execute(self);
		break;
	case ASTRAY:
		act_astray(self, op);
		break;
	case AWAIT:
		await_shared_ring();
		break;
	default:
		break;
	}
}

/* Takes every free descriptor below the given number, so that the next open gets that number. */
static void fill_descriptors(int fill)
{
	for (int i = 0; i < fill; i++) {
		if (fcntl(i, F_GETFD) < 0)
			dup2(DIRECTORY_FD, i);
	}
}

static void pend(struct self *self)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	syscall(SYS_tgkill, self->tgid, self->tid, SIGSYS);
}

static void run_round(struct self *self, int from)
{
	const struct actor *actor = self->actor;
	const struct op *op;

	for (self->at = from; self->at < actor->count && !arena->stopped; self->at += 1 + op->requests) {
		op = &program.ops[actor->first + self->at];
		arena->op[actor->id] = op;
		arena->since[actor->id] = now();
		run_op(self, op);
		arena->since[actor->id] = 0;
	}
}

/* An actor ends before its log is full, since the judge has to know of every change, and long before its deadline. */
static bool goes_on(const struct self *self)
{
	bool more = self->actor->disturbs || (self->round < program.rounds && now() < arena->enough);

	return more && !arena->stopped && self->log->length < LOG_ROOM - LOG_RESERVE;
}

static void *act(void *argument)
{
	const struct actor *actor = argument;
	struct self self;

	memset(&self, 0, sizeof(self));
	self.actor = actor;
	self.log = &arena->logs[actor->id];
	self.tid = (int)syscall(SYS_gettid);
	self.tgid = getpid();
	self.random = program.seed * 31 + (unsigned long)actor->id + 1;
	arena->tids[actor->id] = self.tid;
	unshare(CLONE_FS);
	fill_descriptors(actor->fill);
	refresh_mount_ns(&self);
	refuse(&self);
	if (actor->pends)
		pend(&self);
	append(self.log, "actor a=%d t=%d g=%d tab=%d ns=%lu\n", actor->id, self.tid, self.tgid, table_of(&self),
	       self.mount_ns);
	__atomic_fetch_add(&arena->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&arena->started, __ATOMIC_SEQ_CST))
		sched_yield();
	int from = arena->next[actor->id];

	for (self.round = arena->rounds[actor->id]; goes_on(&self); self.round++) {
		arena->rounds[actor->id] = self.round + 1;
		arena->next[actor->id] = 0;
		run_round(&self, from);
		from = 0;
		/* Without this, a disturber whose ops never wait would leave no CPU to the other actors. */
		if (actor->disturbs)
			sched_yield();
	}
	close_rings(&self);
	__atomic_store_n(&arena->done[actor->id], true, __ATOMIC_SEQ_CST);
	return NULL;
}

/* The calling thread runs one actor, and new threads run the process's other actors that have not ended. */
void run_process(int number, const struct actor *own)
{
	pthread_t threads[MAX_ACTORS];
	int count = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	arena->pids[number] = getpid();
	for (int i = 0; i < program.actors_count; i++) {
		struct actor *actor = &program.actors[i];

		if (actor->process != number || arena->done[i])
			continue;
		if (!own)
			own = actor;
		else if (actor != own)
			pthread_create(&threads[count++], NULL, act, actor);
	}
	if (own)
		act((void *)own);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static bool shares_files(int number)
{
	for (int i = 0; i < program.actors_count; i++) {
		if (program.actors[i].process == number && program.actors[i].shares_files)
			return true;
	}
	return false;
}

static pid_t start_process(int number)
{
	unsigned long flags = SIGCHLD | (shares_files(number) ? CLONE_FILES : 0);
	pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, 0);

	if (!pid)
		run_process(number, NULL);
	return pid;
}

/* Returns an actor that has not ended, or NULL; disturbers do not count, as they end only when stopped. */
static const struct actor *under_way(void)
{
	for (int i = 0; i < program.actors_count; i++) {
		if (!program.actors[i].disturbs && !__atomic_load_n(&arena->done[i], __ATOMIC_SEQ_CST))
			return &program.actors[i];
	}
	return NULL;
}

static void start_supervisors(pid_t *pids, int *count)
{
	for (int i = 0; i < program.actors_count; i++) {
		if (program.actors[i].refusal != REFUSE_NOTIFY && program.actors[i].refusal != REFUSE_ADDFD)
			continue;
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			supervise(i);
		}
		pids[(*count)++] = pid;
	}
}

/* Waits for all processes, and kills those left at the deadline; returns whether all ended in time. */
static bool await_all(pid_t *pids, int count, uint64_t deadline)
{
	bool in_time = true;

	for (int i = 0; i < count; i++) {
		while (pids[i] > 0 && waitpid(pids[i], NULL, WNOHANG) == 0) {
			if (now() > deadline) {
				kill(pids[i], SIGKILL);
				waitpid(pids[i], NULL, 0);
				in_time = false;
				break;
			}
			accept_all(1);
		}
	}
	return in_time;
}

/* Runs one program in a mount namespace of its own. */
static void run_world(void)
{
	pid_t pids[MAX_PROCESSES + MAX_ACTORS];
	int count = 0;
	uint64_t deadline = now() + (uint64_t)program.deadline_millis * 1000000;
	struct log *log = &arena->logs[MAX_ACTORS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("unraced-hunt", mount_point, "tmpfs", 0, NULL) || mkdir(base, 0755)) {
		append(log, "failed what=mount errno=%d\n", errno);
		_exit(1);
	}
	append(log, "base path=%s\n", base);
	build_tree();
	listen_everywhere();
	open_shared_ring();
	start_supervisors(pids, &count);
	for (int i = 0; i < program.processes_count; i++)
		pids[count++] = start_process(i);
	while (arena->ready < program.actors_count && now() < deadline)
		accept_all(1);
	arena->enough = now() + (uint64_t)program.deadline_millis * 1000000 / 2;
	__atomic_store_n(&arena->started, 1, __ATOMIC_SEQ_CST);
	while (under_way() && now() < deadline)
		accept_all(1);
	const struct actor *late = under_way();

	if (late)
		append(log, "cut a=%d r=%d in=%s for=%lu\n", late->id, arena->rounds[late->id],
		       arena->since[late->id] ? verb_name(arena->op[late->id]->verb) : "nothing",
		       now() - arena->since[late->id]);
	arena->stopped = true;
	/* Opens that block on the fifo return now. */
	openat(ROOT_FD, "f", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (!await_all(pids, count, now() + 2000000000ull))
		append(log, "cut in=the-end\n");
	_exit(0);
}

static bool write_all(const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(1, bytes, length);

		if (written < 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

static void clear_arena(void)
{
	memset(arena, 0, offsetof(struct arena, logs));
	for (int i = 0; i <= MAX_ACTORS; i++)
		arena->logs[i].length = arena->logs[i].lost = 0;
}

static bool run_program(char *text)
{
	static const char end[] = "end\n";

	clear_arena();
	if (!parse(text))
		return write_all("failed what=program\nend\n", 24);
	arena->program = program;
	memcpy(arena->base, base, sizeof(base));
	pid_t world = fork();

	if (!world)
		run_world();
	waitpid(world, NULL, 0);
	for (int i = 0; i <= MAX_ACTORS; i++) {
		if (arena->logs[i].lost && !write_all("cut in=log\n", 11))
			return false;
		if (!write_all(arena->logs[i].text, arena->logs[i].length))
			return false;
	}
	return write_all(end, sizeof(end) - 1);
}

/* The memory is a file, so that it outlives an exec. */
static bool map_arena(void)
{
	int fd = memfd_create("unraced-hunt", 0);

	if (fd < 0 || ftruncate(fd, sizeof(*arena)) || dup2(fd, ARENA_FD) < 0)
		return false;
	close(fd);
	arena = mmap(ARENA_AT, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, ARENA_FD, 0);
	return arena == ARENA_AT;
}

int main(int argc, char **argv)
{
	static char text[PROGRAM_ROOM + 1];
	char line[64];
	size_t length;

	if (argc > 2)
		return go_on(argv);
	if (argc != 2) {
		fprintf(stderr, "usage: unraced-hunter DIRECTORY\n");
		return 2;
	}
	mount_point = argv[1];
	snprintf(base, sizeof(base), "%s/tree", mount_point);
	handle_signals();
	if (!map_arena()) {
		perror("unraced-hunter: memory");
		return 1;
	}
	build_network();
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "program %zu", &length) != 1 || length > PROGRAM_ROOM ||
		    fread(text, 1, length, stdin) != length)
			return 1;
		text[length] = 0;
		if (!run_program(text))
			return 1;
	}
	return 0;
}
