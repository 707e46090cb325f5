/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ends processes in unusual ways, and prints the truth: ends DIRECTORY CALLS. Each line has the way, the process, and
 * of an exec that fails when the old image is gone the thread that called, of a reboot the status that wait(2) tells.
 * Without arguments only the first thread ends. The process goes on until its input ends, and prints its id. With one
 * argument, ends THREADS, so many further threads end before it, and a tracer keeps them all as zombies.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t *caller; /* in memory that the processes share */
static char *directory;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Makes a program whose segment lies where no process has memory: the kernel finds out when the old image is gone. */
static void make_unmappable(const char *path)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		char more[4096];
	} file = {
		.header = {
			.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_EXEC,
#ifdef __aarch64__
			.e_machine = EM_AARCH64,
#else
			.e_machine = EM_X86_64,
#endif
			.e_version = EV_CURRENT,
			.e_entry = 0x400000,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1,
		},
		.segment = {
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = 0x7ffffffffff000,
			.p_filesz = 4096,
			.p_memsz = 4096,
			.p_align = 4096,
		},
	};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0 || write(fd, &file, sizeof(file)) != sizeof(file))
		die(path);
	close(fd);
}

static void *abort_thread(void *path)
{
	*caller = (pid_t)syscall(SYS_gettid);
	char *arguments[] = {"x", NULL};

	execve(path, arguments, arguments + 1);
	_exit(1);
}

static void aborts(const char *attack, int calls, bool by_thread)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/unmappable", directory);
	make_unmappable(path);
	for (int i = 0; i < calls; i++) {
		pid_t pid = fork();

		if (!pid) {
			pthread_t thread;

			if (!by_thread)
				abort_thread(path);
			pthread_create(&thread, NULL, abort_thread, path);
			for (;;)
				pause();
		}
		waitpid(pid, NULL, 0);
		printf("%s %d %d\n", attack, pid, *caller);
	}
}

/* The first process of a pid namespace reboots it, or a child of that process does. */
static void reboots(int calls)
{
	for (int i = 0; i < calls; i++) {
		pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
		int status;

		if (!pid) {
			if (i % 2 || !syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))
				reboot(i % 3 ? RB_AUTOBOOT : RB_POWER_OFF);
			for (;;)
				pause();
		}
		waitpid(pid, &status, 0);
		printf("reboot %d %d\n", pid, status);
	}
}

static void *remain(void *first)
{
	char byte;

	pthread_join(*(pthread_t *)first, NULL);
	printf("%d\n", getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	_exit(0);
}

static void *end_at_once(void *nothing)
{
	return nothing;
}

/* Returns in a child whose threads this process traces. It waits for their stops alone, so that none is reaped. */
static void trace_child(void)
{
	pid_t child = fork();
	siginfo_t stop;

	if (child < 0)
		die("fork");
	if (!child) {
		raise(SIGSTOP);
		return;
	}
	if (waitid(P_PID, (id_t)child, &stop, WSTOPPED) ||
	    ptrace(PTRACE_SEIZE, child, NULL, (void *)(PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)))
		die("PTRACE_SEIZE");
	kill(child, SIGCONT);
	while (!waitid(P_ALL, 0, &stop, WSTOPPED | __WALL))
		ptrace(PTRACE_CONT, stop.si_pid, NULL, NULL);
	exit(0);
}

static void end_threads(int threads)
{
	for (int i = 0; i < threads; i++) {
		pthread_t ended;

		if (pthread_create(&ended, NULL, end_at_once, NULL) || pthread_join(ended, NULL))
			die("thread");
	}
}

int main(int count, char **given)
{
	static pthread_t first, thread;

	if (count == 2) {
		trace_child();
		end_threads(atoi(given[1]));
	}
	first = pthread_self();
	if (count <= 2) {
		pthread_create(&thread, NULL, remain, &first);
		pthread_exit(NULL);
	}
	if (count != 3)
		return 2;
	directory = given[1];
	int calls = atoi(given[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	caller = mmap(NULL, sizeof(*caller), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (caller == MAP_FAILED)
		die("mmap");
	aborts("aborted", calls, false);
	aborts("aborted-thread", calls, true);
	reboots(calls);
	return 0;
}
