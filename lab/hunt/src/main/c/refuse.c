/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that never run: seccomp refuses a certain mode or length by errno, by SIGSYS, or by a notification, whose
 * answer can be a descriptor.
 */
#include "hunter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

static long trap_value;

/* The handler puts the actor's number into the register of the call's result. */
static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)info;
#if defined(__x86_64__)
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = trap_value;
#else
	(void)context;
#endif
}

static unsigned action_of(const struct actor *actor)
{
	switch (actor->refusal) {
	case REFUSE_ERRNO:
		return SECCOMP_RET_ERRNO | ((unsigned)actor->refusal_value & SECCOMP_RET_DATA);
	case REFUSE_TRAP:
		return SECCOMP_RET_TRAP;
	default:
		return SECCOMP_RET_USER_NOTIF;
	}
}

void refuse(struct self *self)
{
	const struct actor *actor = self->actor;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[3])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REFUSED_MODE, 4, 3),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_connect, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REFUSED_LENGTH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, action_of(actor)),
	};
	struct sock_fprog filter = { .len = sizeof(code) / sizeof(code[0]), .filter = code };
	bool notifies = actor->refusal == REFUSE_NOTIFY || actor->refusal == REFUSE_ADDFD;
	struct sigaction action;
	long fd;

	if (actor->refusal == REFUSE_NOTHING)
		return;
	if (actor->refusal == REFUSE_TRAP) {
		trap_value = actor->refusal_value;
		memset(&action, 0, sizeof(action));
		action.sa_sigaction = on_trap;
		action.sa_flags = SA_SIGINFO;
		sigaction(SIGSYS, &action, NULL);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, notifies ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0, &filter);
	if (!notifies)
		return;
	int high = fcntl((int)fd, F_DUPFD, HIGH_FD);

	close((int)fd);
	__atomic_store_n(&arena->notify_fd[actor->id], high, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&arena->supervised[actor->id], __ATOMIC_SEQ_CST) && !arena->stopped)
		usleep(200);
}

/* Installs a file in the caller as the result of its call. Returns whether the kernel did. */
static bool add_descriptor(int fd, unsigned long long id, int source)
{
	struct seccomp_notif_addfd added = { .id = id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = (unsigned)source };

	return ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &added) >= 0;
}

/* Answers each notification with the actor's number, or an open with a descriptor, until the world ends. */
void supervise(int id)
{
	const struct actor *actor = &program.actors[id];
	int fd = -1;

	int source = actor->refusal == REFUSE_ADDFD ? openat(ROOT_FD, "x", O_RDONLY) : -1;

	while (!arena->notify_fd[id] && !arena->stopped)
		usleep(200);
	int process = (int)syscall(SYS_pidfd_open, arena->pids[actor->process], 0);

	if (process >= 0)
		fd = (int)syscall(SYS_pidfd_getfd, process, arena->notify_fd[id], 0);
	__atomic_store_n(&arena->supervised[id], true, __ATOMIC_SEQ_CST);
	while (fd >= 0 && !arena->stopped) {
		struct seccomp_notif notification;
		struct seccomp_notif_resp response;
		struct pollfd polled = { .fd = fd, .events = POLLIN };

		if (poll(&polled, 1, 20) <= 0 || !(polled.revents & POLLIN))
			continue;
		memset(&notification, 0, sizeof(notification));
		if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &notification))
			continue;
		if (source >= 0 && notification.data.nr == SYS_openat &&
		    add_descriptor(fd, notification.id, source))
			continue;
		memset(&response, 0, sizeof(response));
		response.id = notification.id;
		response.val = actor->refusal_value;
		ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &response);
	}
	_exit(0);
}
