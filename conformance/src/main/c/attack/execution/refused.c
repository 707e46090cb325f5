/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that are refused before they run, while the result register gets a number that the refuser chose. */
#include "actor.h"
#include "ring.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

/* uapi/linux/prctl.h, since Linux 5.11 */
#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif
#define DISPATCH_ON 1
/* The header <asm/ptrace.h> defines PTRACE_SYSEMU where the architecture has it. */
#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#endif

struct refusal;

/* A way of refusing: what the child does before its calls, and what the parent does while the child makes them. */
struct refuser {
	const char *how;
	void (*child)(struct refusal *refusal);
	/* Returns what is missing, or NULL. */
	const char *(*parent)(struct refusal *refusal, pid_t child);
};

/* The state of the attack, in memory that both processes share. */
struct refusal {
	const struct refuser *by;
	bool connects;
	struct bytes object, earlier;
	long value, calls;
	/* The socket of the connects, which has a peer already. */
	int socket;
	int channel[2];
	bool goes_on;
	volatile char selector;
	/* The number of calls with the result that the refuser chose. */
	long refused;
};

static long number_of(const struct refusal *refusal)
{
	return refusal->connects ? SYS_connect : SYS_openat;
}

/*
 * Installs a seccomp filter that answers the watched call and allows all others. Returns the listener's descriptor, if
 * the flags ask for one.
 */
static int filter(const struct refusal *refusal, unsigned flags, unsigned answer)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number_of(refusal), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = {.len = sizeof(program) / sizeof(*program), .filter = program};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(2);
	int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &all);
	if (fd < 0)
		_exit(2);
	return fd;
}

static void errno_child(struct refusal *refusal)
{
	filter(refusal, 0, SECCOMP_RET_ERRNO | ((unsigned)-refusal->value & SECCOMP_RET_DATA));
}

/* The filter of leftover_child() refuses opens with this mode, which means nothing without O_CREAT. */
#define REFUSED_MODE 0777

/* leftover_child() opens these: a ring, a watch for opens of the object, and the place of every path. */
static struct ring left_ring;
static int left_watch;
static char left_place[4096];

/*
 * Behind the return of an open, a request of the same thread opens another path from the same place in memory. The call
 * that is refused afterwards has this place, too.
 */
static void leftover_child(struct refusal *refusal)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number_of(refusal), 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REFUSED_MODE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((unsigned)-refusal->value & SECCOMP_RET_DATA)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = {.len = sizeof(program) / sizeof(*program), .filter = program};

	left_watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (!ring_open(&left_ring, false) ||
	    inotify_add_watch(left_watch, (const char *)refusal->object.address, IN_OPEN) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &all))
		_exit(2);
}

/* Lets the request run behind the return of an open of the object, which wakes the poll in front of it. */
static void leave_request(const struct refusal *refusal)
{
	char told[4096];
	struct io_uring_sqe *poll_first = ring_next(&left_ring);

	strcpy(left_place, (const char *)refusal->earlier.address);
	poll_first->opcode = IORING_OP_POLL_ADD;
	poll_first->flags = IOSQE_IO_LINK;
	poll_first->fd = left_watch;
	poll_first->poll32_events = POLLIN;
	ring_push(&left_ring);
	struct io_uring_sqe *open_then = ring_next(&left_ring);
	open_then->opcode = IORING_OP_OPENAT;
	open_then->fd = AT_FDCWD;
	open_then->addr = (unsigned long)left_place;
	open_then->open_flags = O_RDONLY;
	open_then->user_data = 1;
	ring_push(&left_ring);
	ring_enter(&left_ring, 2, 0);
	strcpy(left_place, (const char *)refusal->object.address);
	close((int)watched_openat(ABI_NATIVE, AT_FDCWD, left_place, O_RDONLY, 0));
	ring_enter(&left_ring, 0, 2);
	for (unsigned at = *left_ring.completed_head;
	     at != __atomic_load_n(left_ring.completed_tail, __ATOMIC_ACQUIRE); at++) {
		const struct io_uring_cqe *ended = &left_ring.completions[at & *left_ring.completed_mask];

		if (ended->user_data && ended->res >= 0)
			close(ended->res);
		__atomic_store_n(left_ring.completed_head, at + 1, __ATOMIC_RELEASE);
	}
	while (read(left_watch, told, sizeof(told)) > 0)
		continue;
}

static const char *nothing_parent(struct refusal *refusal, pid_t child)
{
	(void)refusal, (void)child;
	return NULL;
}

static void notify_child(struct refusal *refusal)
{
	int listener = filter(refusal, SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_RET_USER_NOTIF);

	if (!descriptor_send(refusal->channel[1], listener))
		_exit(2);
	close(listener);
}

static const char *notify_parent(struct refusal *refusal, pid_t child)
{
	int listener = descriptor_receive(refusal->channel[0]);

	(void)child;
	for (long i = 0; listener >= 0 && i < refusal->calls; i++) {
		struct seccomp_notif call;
		struct seccomp_notif_resp answer = {.val = refusal->value};

		memset(&call, 0, sizeof(call));
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
			break;
		answer.id = call.id;
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer))
			break;
	}
	close(listener);
	return listener < 0 ? "no supervisor of seccomp" : NULL;
}

/* Stops this thread by a single system call, since the tracer counts them. */
static void stop_self(void)
{
	syscall(SYS_tgkill, getpid(), own_tid(), SIGSTOP);
}

static void traced_child(struct refusal *refusal)
{
	(void)refusal;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(2);
	stop_self();
}

/* Sets the result of the call at whose entry the child has stopped. Returns false when it is another call. */
static bool choose_result(const struct refusal *refusal, pid_t child)
{
	struct user_regs_struct registers;
	struct iovec whole = {.iov_base = &registers, .iov_len = sizeof(registers)};

	if (ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &whole))
		return false;
#ifdef __x86_64__
	if ((long)registers.orig_rax != number_of(refusal))
		return false;
	registers.rax = (unsigned long long)refusal->value;
#else
	if ((long)registers.regs[8] != number_of(refusal))
		return false;
	registers.regs[0] = (unsigned long long)refusal->value;
#endif
	return !ptrace(PTRACE_SETREGSET, child, (void *)NT_PRSTATUS, &whole);
}

/*
 * Each PTRACE_SYSEMU stop is one call that does not run. With goes_on, PTRACE_CONT lets the child go on from each stop.
 */
static const char *traced_parent(struct refusal *refusal, pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return "no tracer";
	ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL);
	for (long i = 0; i < refusal->calls; i++) {
		if (ptrace(PTRACE_SYSEMU, child, NULL, 0))
			return "no PTRACE_SYSEMU";
		if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) || !choose_result(refusal, child))
			return "no stop at a call";
		if (!refusal->goes_on)
			continue;
		/* The child goes on without a stop at the call's exit, until it stops itself after the call. */
		if (ptrace(PTRACE_CONT, child, NULL, 0) || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
			return "no stop behind a call";
	}
	ptrace(PTRACE_DETACH, child, NULL, 0);
	return NULL;
}

#ifdef __x86_64__
/* The refusal that the handler of syscall user dispatch reads. */
static struct refusal *current;

static void on_dispatch(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)info;
	current->selector = 0;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = current->value;
}
#endif

static void dispatch_child(struct refusal *refusal)
{
#ifdef __x86_64__
	struct sigaction action = {.sa_sigaction = on_dispatch, .sa_flags = SA_SIGINFO};

	current = refusal;
	sigaction(SIGSYS, &action, NULL);
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, DISPATCH_ON, 0, 0, &refusal->selector))
		_exit(2);
#else
	(void)refusal;
	_exit(2);
#endif
}

static long call(const struct refusal *refusal)
{
	if (refusal->by->child == leftover_child)
		return watched_openat(ABI_NATIVE, AT_FDCWD, left_place, O_RDONLY, REFUSED_MODE);
	if (refusal->connects)
		return watched_connect(ABI_NATIVE, refusal->socket, refusal->object.address,
				       (long)refusal->object.length);
	return watched_openat(ABI_NATIVE, AT_FDCWD, refusal->object.address, O_RDONLY, 0);
}

static void be_refused(struct refusal *refusal)
{
	bool dispatched = refusal->by->child == dispatch_child;

	if (refusal->value > 0)
		dup2(0, (int)refusal->value);
	refusal->by->child(refusal);
	for (long i = 0; i < refusal->calls; i++) {
		if (refusal->by->child == leftover_child)
			leave_request(refusal);
		/* The selector blocks the calls of this thread until the handler clears it. */
		refusal->selector = dispatched;
		refusal->refused += call(refusal) == refusal->value;
		if (refusal->goes_on)
			stop_self();
	}
	_exit(0);
}

static void play(struct refusal *refusal)
{
	pid_t child = fork_child();

	if (!child)
		be_refused(refusal);
	/* If this end stayed open, a child that died silently would leave the parent waiting. */
	close(refusal->channel[1]);
	const char *missing = child < 0 ? "no child" : refusal->by->parent(refusal, child);
	if (missing && child > 0)
		kill(child, SIGKILL);
	int status = child < 0 ? -1 : reap(child, 60);
	if (missing || status || refusal->refused != refusal->calls) {
		fail("unsupported: %s: %ld of %ld calls were refused, status %d", missing ? missing : "the calls ran",
		     refusal->refused, refusal->calls, status);
		return;
	}
	reply_begin();
	reply("tid=%d won=%ld", child, refusal->refused);
	char *truth = malloc((size_t)refusal->calls + 1);
	memset(truth, 'n', (size_t)refusal->calls);
	truth[refusal->calls] = 0;
	reply("truth=%s", truth);
	reply_end();
	free(truth);
}

static const struct refuser *refuser_of_line(void)
{
	static const struct refuser all[] = {
		{"errno", errno_child, nothing_parent},	    {"notify", notify_child, notify_parent},
		{"sysemu", traced_child, traced_parent},    {"sysemu-cont", traced_child, traced_parent},
		{"dispatch", dispatch_child, nothing_parent}, {"leftover", leftover_child, nothing_parent},
	};
	const char *how = line_text("how");

	for (size_t i = 0; how && i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(all[i].how, how))
			return &all[i];
	return NULL;
}

/* Returns a datagram socket that has a peer, which a driver finds if it takes the refused connect for one that ran. */
static int connected_socket(void)
{
	unsigned char loopback[16] = {AF_INET, 0, 0, 9, 127, 0, 0, 1};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	watched_connect(ABI_NATIVE, fd, loopback, sizeof(loopback));
	return fd;
}

void command_never_ran(void)
{
	const char *name = line_text("name");
	struct refusal *refusal = mmap(NULL, sizeof(*refusal), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (refusal == MAP_FAILED)
		_exit(3);
	refusal->by = refuser_of_line();
	refusal->connects = name && !strcmp(name, "connect");
	refusal->value = (long)line_number("value", 0);
	refusal->calls = (long)line_number("calls", 1);
	if (!refusal->by) {
		fail("never-ran needs how=errno, notify, sysemu, sysemu-cont, dispatch or leftover");
	} else if (bytes_take(&refusal->object, "a") && (!line_text("b") || bytes_take(&refusal->earlier, "b"))) {
		refusal->goes_on = !strcmp(refusal->by->how, "sysemu-cont");
		refusal->socket = refusal->connects ? connected_socket() : -1;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, refusal->channel))
			_exit(3);
		play(refusal);
		close(refusal->channel[0]);
		if (refusal->socket >= 0)
			close(refusal->socket);
	}
	free(refusal->object.address);
	free(refusal->earlier.address);
	munmap(refusal, sizeof(*refusal));
}
