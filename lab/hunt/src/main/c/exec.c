/* SPDX-License-Identifier: Apache-2.0 */
/* A process executes the hunter again, and goes on where it was. */
#include "hunter.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* EventLog finds the hunter's events by this comm. */
#define NAME "unraced-hunter"

static void hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(how, &set, NULL);
}

/* The exec kills the other threads of the process wherever they are; the lock keeps them out of changes. */
void execute(struct self *self)
{
	char actor[16];
	char *arguments[] = { NAME, "--actor", actor, NULL }, *environment[] = { NULL };
	int id = self->actor->id;

	snprintf(actor, sizeof(actor), "%d", id);
	close_rings(self);
	hold_signals(SIG_BLOCK);
	lock_changes();
	arena->rounds[id] = self->round;
	arena->next[id] = self->at + 1;
	syscall(SYS_execveat, PROC_FD, "self/exe", arguments, environment, 0);
	/* The call returns only if the kernel refused it. */
	unlock_changes();
	hold_signals(SIG_UNBLOCK);
}

/* The log of a thread that died in an op lacks that op, and its last line may be incomplete. */
static void log_killed(int id)
{
	const struct actor *actor = &program.actors[id];
	struct log *log = &arena->logs[id];
	uint64_t since = arena->since[id];

	if (!since)
		return;
	while (log->length && log->text[log->length - 1] != '\n')
		log->length--;
	append(log, "killed a=%d t=%d g=%d tab=%d b=%lu e=%lu\n", id, arena->tids[id], getpid(),
	       actor->shares_files ? -1 : actor->process, since, now());
	arena->since[id] = 0;
}

/* Logs which thread executed the hunter, between which times, and the file that the process executes now. */
static void log_exec(int id, uint64_t since)
{
	struct stat stat;

	if (fstatat(PROC_FD, "self/exe", &stat, 0))
		memset(&stat, 0, sizeof(stat));
	append(&arena->logs[id], "exec a=%d t=%d g=%d b=%lu e=%lu ino=%lu dev=%u:%u\n", id, arena->tids[id], getpid(),
	       since, now(), stat.st_ino, major(stat.st_dev), minor(stat.st_dev));
}

/* Goes on after an exec; the last argument is the number of the actor that called it. */
int go_on(char **arguments)
{
	int id = atoi(arguments[2]);

	prctl(PR_SET_NAME, NAME);
	arena = mmap(ARENA_AT, sizeof(*arena), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, ARENA_FD, 0);
	if (arena != ARENA_AT) {
		perror(NAME ": memory after exec");
		return 1;
	}
	program = arena->program;
	memcpy(base, arena->base, sizeof(base));
	const struct actor *own = &program.actors[id];

	log_exec(id, arena->since[id]);
	arena->since[id] = 0;
	handle_signals();
	for (int i = 0; i < program.actors_count; i++) {
		if (i != id && program.actors[i].process == own->process && !arena->done[i])
			log_killed(i);
	}
	unlock_changes();
	hold_signals(SIG_UNBLOCK);
	run_process(own->process, own);
}
