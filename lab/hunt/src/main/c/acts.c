/* SPDX-License-Identifier: Apache-2.0 */
/* The watched calls, and the look at the process's own descriptors after each call. */
#include "hunter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/user.h>
#endif

#define IA32_OPEN 5
#define IA32_CREAT 8
#define IA32_SOCKETCALL 102
#define IA32_OPENAT 295
#define IA32_CONNECT 362
#define IA32_OPENAT2 437
#define SOCKETCALL_CONNECT 3
#define HOW_SIZE 24
#define MAX_BURST 64

static const char *const CALL_NAMES[] = { "open", "openat", "openat2", "creat", "connect" };
static const char *const ENTRY_NAMES[] = { "native", "ia32", "socketcall" };

static long raw(long number, long a, long b, long c, long d)
{
	long result = syscall(number, a, b, c, d);

	return result < 0 ? -errno : result;
}

#if defined(__x86_64__)
static long int80(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}
#else
static long int80(long number, long a, long b, long c, long d)
{
	(void)number, (void)a, (void)b, (void)c, (void)d;
	return -ENOSYS;
}
#endif

int table_of(const struct self *self)
{
	return self->actor->shares_files ? -1 : self->actor->process;
}

static int directory_of(const struct op *op)
{
	return op->base == BASE_DIRECTORY ? DIRECTORY_FD + op->directory : AT_FDCWD;
}

long call_open(const struct op *op)
{
	long path = (long)op->page, how = (long)(op->page + PAGE / 2), flags = (long)op->flags, mode = op->mode;
	bool native = op->entry == NATIVE;
	int directory = directory_of(op);

	switch (op->call) {
#ifdef SYS_open
	case CALL_OPEN:
		return native ? raw(SYS_open, path, flags, mode, 0) : int80(IA32_OPEN, path, flags, mode, 0);
	case CALL_CREAT:
		return native ? raw(SYS_creat, path, mode, 0, 0) : int80(IA32_CREAT, path, mode, 0, 0);
#endif
	case CALL_OPENAT2:
		return native ? raw(SYS_openat2, directory, path, how, HOW_SIZE) :
				int80(IA32_OPENAT2, directory, path, how, HOW_SIZE);
	default:
		return native ? raw(SYS_openat, directory, path, flags, mode) :
				int80(IA32_OPENAT, directory, path, flags, mode);
	}
}

/* A look logs the file that the descriptor has now: the opened file, unless another thread replaced it. */
void log_open(struct self *self, const struct op *op, const char *via, long result, uint64_t begin, uint64_t end,
	      int ran, int tag, bool look)
{
	struct stat stat;
	int flags = -1;
	bool seen = look && result >= 0 && ran && !fstat((int)result, &stat);
	char other[PATH_ROOM + 8] = "";

	if (seen)
		flags = fcntl((int)result, F_GETFL);
	if (op->flips_path)
		snprintf(other, sizeof(other), " other=%s", op->other);
	append(self->log,
	       "act a=%d o=%d r=%d t=%d g=%d b=%lu e=%lu l=%lu via=%s call=%s res=%ld ran=%d tag=%d ns=%lu "
	       "tab=%d dir=%d base=%d flags=%lu mode=%u resolve=%lu how=%d gone=%d direct=%d quiet=%d ud=%lu sns=%lu "
	       "path=%s%s",
	       self->actor->id, (int)(op - program.ops), self->round, self->tid, self->tgid, begin, end, now(), via,
	       CALL_NAMES[op->call], result, ran, tag, self->mount_ns, table_of(self), directory_of(op), (int)op->base,
	       op->call == CALL_CREAT ? (unsigned long)(O_CREAT | O_WRONLY | O_TRUNC) : op->flags, op->mode,
	       op->resolve, op->flips_how, op->gone, op->direct, op->quiet, self->user_data, self->start_ns,
	       op->path, other);
	if (seen)
		append(self->log, " ino=%lu dev=%u:%u fl=%d", stat.st_ino, major(stat.st_dev),
		       minor(stat.st_dev), flags);
	append(self->log, "\n");
}

static void make_gone(const struct op *op)
{
	if (op->gone)
		madvise(op->page, PAGE, MADV_DONTNEED);
}

void act_open(struct self *self, const struct op *op)
{
	/* Only the actor whose op this is reads and writes its path. */
	struct op *named = &program.ops[op - program.ops];
	bool refused = op->refused && self->actor->refusal != REFUSE_NOTHING && op->entry == NATIVE &&
		       op->call == CALL_OPENAT;
	bool creates = op->flags & O_CREAT || op->call == CALL_CREAT;
	bool unique = creates && !op->common;

	if (unique) {
		/* The file that this act creates has a name of its own, so no other actor can have created it. */
		snprintf(named->path, sizeof(named->path), "n/%d-%d-%d", self->actor->id, (int)(op - program.ops),
			 self->round);
		snprintf(op->page, PAGE / 2, "%s%s%s", op->base == BASE_ABSOLUTE ? base : "",
			 op->base == BASE_ABSOLUTE ? "/" : "", named->path);
	}
	make_gone(op);
	uint64_t begin = now();
	long result = call_open(op);
	uint64_t end = now();

	log_open(self, op, ENTRY_NAMES[op->entry], result, begin, end, !refused, -1, true);
	if (creates)
		unlinkat(ROOT_FD, op->path, 0);
	if (result >= 0 && (!refused || self->actor->refusal == REFUSE_ADDFD)) {
		begin = now();
		close((int)result);
		append(self->log, "fd tab=%d b=%lu e=%lu fd=%ld\n", table_of(self), begin, now(), result);
	}
}

void look_at_socket(int fd, struct looked *looked)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	memset(looked, 0, sizeof(*looked));
	if (!getpeername(fd, (struct sockaddr *)&address, &length))
		append_hex(looked->peer, &address, length);
	length = sizeof(address);
	if (!getsockname(fd, (struct sockaddr *)&address, &length))
		append_hex(looked->name, &address, length);
	length = sizeof(looked->cookie);
	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &looked->cookie, &length);
}

unsigned long cookie_of(int fd)
{
	unsigned long cookie = 0;
	socklen_t length = sizeof(cookie);

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) ? 0 : cookie;
}

void log_connect(struct self *self, const struct op *op, const char *via, int fd, socklen_t length, long result,
		 uint64_t begin, uint64_t end, int ran, int tag, unsigned long cookie, const struct looked *looked)
{
	char to[2 * sizeof(struct sockaddr_storage) + 1], other[2 * sizeof(struct sockaddr_storage) + 1];

	append_hex(to, &op->to.bytes, op->to.length);
	append_hex(other, &op->alternative.bytes, op->flips_address ? op->alternative.length : 0);
	append(self->log,
	       "act a=%d o=%d r=%d t=%d g=%d b=%lu e=%lu l=%lu via=%s call=connect res=%ld ran=%d tag=%d ns=%lu tab=%d "
	       "fd=%d block=%d gone=%d quiet=%d ud=%lu len=%u to=%s or=%s cookie=%lu",
	       self->actor->id, (int)(op - program.ops), self->round, self->tid, self->tgid, begin, end, now(), via,
	       result, ran, tag, self->mount_ns, table_of(self), fd, op->flips_block, op->gone, op->quiet,
	       self->user_data, length, to, other, cookie);
	if (looked)
		append(self->log, " after=%lu peer=%s name=%s", looked->cookie, looked->peer, looked->name);
	append(self->log, "\n");
}

static long call_connect(const struct op *op, int fd, socklen_t length)
{
	if (op->entry == IA32)
		return int80(IA32_CONNECT, fd, (long)op->page, length, 0);
	if (op->entry == SOCKETCALL) {
		uint32_t *block = (uint32_t *)(op->page + PAGE / 2);

		if (!op->flips_block)
			block[0] = (uint32_t)fd;
		return int80(IA32_SOCKETCALL, SOCKETCALL_CONNECT, (long)block, 0, 0);
	}
	return raw(SYS_connect, fd, (long)op->page, length, 0);
}

/* Connects the same socket again and again, without looks in between, which would make races rarer. */
static void act_burst(struct self *self, const struct op *op)
{
	static __thread uint64_t begins[MAX_BURST], ends[MAX_BURST];
	static __thread long results[MAX_BURST];
	int fd = SLOT_FD + op->slot;
	long times = op->value < MAX_BURST ? op->value : MAX_BURST;
	unsigned long cookie = cookie_of(fd);

	for (long i = 0; i < times; i++) {
		beat(self);
		begins[i] = now();
		results[i] = call_connect(op, fd, op->to.length);
		ends[i] = now();
	}
	for (long i = 0; i < times; i++)
		log_connect(self, op, ENTRY_NAMES[op->entry], fd, op->to.length, results[i], begins[i], ends[i], 1, -1,
			    cookie, NULL);
}

void connect_at(struct self *self, const struct op *op, int fd, bool refused)
{
	socklen_t length = op->refused ? REFUSED_LENGTH : op->to.length;
	unsigned long cookie = cookie_of(fd);
	struct looked looked;

	make_gone(op);
	uint64_t begin = now();
	long result = call_connect(op, fd, length);
	uint64_t end = now();

	look_at_socket(fd, &looked);
	log_connect(self, op, ENTRY_NAMES[op->entry], fd, length, result, begin, end, !refused, -1, cookie, &looked);
}

void act_connect(struct self *self, const struct op *op)
{
	if (op->value > 1 && op->slot >= 0) {
		act_burst(self, op);
		return;
	}
	bool refused = op->refused && self->actor->refusal != REFUSE_NOTHING && op->entry == NATIVE;
	int fd = op->slot >= 0 ? SLOT_FD + op->slot : new_socket(op->kind);

	connect_at(self, op, fd, refused);
	if (op->slot < 0) {
		uint64_t begin = now();

		close(fd);
		append(self->log, "fd tab=%d b=%lu e=%lu fd=%d\n", table_of(self), begin, now(), fd);
	}
}

/* A connect through socketcall(2) whose block names one of two fresh sockets; the call used the socket with a peer. */
void act_pair(struct self *self, const struct op *op)
{
	struct looked looked[2];
	unsigned long cookies[2];
	int which;

	for (int i = 0; i < 2; i++) {
		int fd = new_socket(op->kind);

		dup2(fd, PAIR_FD + i);
		close(fd);
		cookies[i] = cookie_of(PAIR_FD + i);
	}
	make_gone(op);
	uint64_t begin = now();
	long result = call_connect(op, PAIR_FD, op->to.length);
	uint64_t end = now();

	for (int i = 0; i < 2; i++)
		look_at_socket(PAIR_FD + i, &looked[i]);
	which = looked[1].peer[0] ? 1 : 0;
	log_connect(self, op, ENTRY_NAMES[op->entry], PAIR_FD + which, op->to.length, result, begin, end, 1, -1,
		    cookies[which], &looked[which]);
	for (int i = 0; i < 2; i++)
		close(PAIR_FD + i);
}

#if defined(__x86_64__)
/* A tracer keeps the child's openat from running (PTRACE_SYSEMU), and sets its result to op->value. */
void act_emulated(struct self *self, const struct op *op)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return;
	if (!child) {
		self->tid = self->tgid = getpid();
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		uint64_t begin = now();

		syscall(SYS_tgkill, self->tgid, self->tid, SIGSTOP);
		long result = syscall(SYS_openat, AT_FDCWD, op->page, op->flags, op->mode);

		log_open(self, op, ENTRY_NAMES[NATIVE], result, begin, now(), 0, -1, false);
		_exit(0);
	}
	if (waitpid(child, &status, 0) == child && WIFSTOPPED(status) && !ptrace(PTRACE_SYSEMU, child, NULL, NULL) &&
	    waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
		struct user_regs_struct registers;

		ptrace(PTRACE_GETREGS, child, NULL, &registers);
		registers.rax = (unsigned long)op->value;
		ptrace(PTRACE_SETREGS, child, NULL, &registers);
		ptrace(PTRACE_CONT, child, NULL, NULL);
		waitpid(child, &status, 0);
	} else {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
}
#else
void act_emulated(struct self *self, const struct op *op)
{
	(void)self, (void)op;
}
#endif
