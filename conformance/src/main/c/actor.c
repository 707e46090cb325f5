/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The actor makes the system calls that a conformance test asks for, and reports their outcome. PROTOCOL.md describes
 * the conversation. It ends when its standard input does.
 */
#include "actor.h"
#include "attack/execution/executed.h"

#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The longest time for one command; then the actor ends, and its children with it. */
#define COMMAND_SECONDS 120

static void command_count(void)
{
	reply_begin();
	reply("begun=%lld ended=%lld", counts()->begun, counts()->ended);
	reply_end();
}

/* A preemption between the two reads would pair different moments, so the closest of five attempts counts. */
static void compare_clocks(long long *boot, long long *wall)
{
	long long narrowest = LLONG_MAX;

	for (int i = 0; i < 5; i++) {
		long long before = now(), after;
		struct timespec time;

		clock_gettime(CLOCK_REALTIME, &time);
		after = now();
		if (after - before < narrowest) {
			narrowest = after - before;
			*boot = before + narrowest / 2;
			*wall = time.tv_sec * 1000000000ll + time.tv_nsec;
		}
	}
}

static void command_ready(void)
{
	struct utsname name;
	long long boot = 0, wall = 0;

	compare_clocks(&boot, &wall);
	uname(&name);
	reply_begin();
	reply("protocol=1 tgid=%d uid=%d page=%d release=%s boot=%lld wall=%lld", getpid(), getuid(), getpagesize(),
	      name.release, boot, wall);
	reply_end();
}

static void obey(void)
{
	static const struct {
		const char *verb;
		void (*command)(void);
	} commands[] = {
		{"ready", command_ready},   {"count", command_count},	{"call", command_call},
		{"start", command_start},   {"wait", command_wait},	{"signal", command_signal},
		{"buffer", command_buffer}, {"bulk", command_bulk},	{"storm", command_storm},
		{"flip", command_flip},	    {"flip-connect", command_flip_connect},
		{"reuse", command_reuse},   {"exec", command_exec},	{"resident", command_resident},
		{"blocked", command_blocked}, {"tree", command_tree},	{"elsewhere", command_elsewhere},
		{"trapped", command_trapped},   {"race", command_race},	{"memfd", command_memfd},
		{"queue", command_queue},   {"vfork", command_vfork},	{"left", command_left},
		{"mount", command_mount},   {"fuse", command_fuse},
		{"traced", command_traced},   {"move", command_move},
		{"uring-batch", command_uring_batch}, {"network", command_network},
		{"device", command_device}, {"shared-socket", command_shared_socket},
		{"socketcall", command_socketcall}, {"scope", command_scope},
		{"never-ran", command_never_ran}, {"forged-sigsys", command_forged_sigsys},
		{"torn-path", command_torn_path}, {"moved", command_moved},
		{"fd-swap", command_fd_swap}, {"fd-visit", command_fd_visit},
		{"late-namespace", command_late_namespace}, {"scope-rebound", command_scope_rebound},
		{"mount-storm", command_mount_storm}, {"reset", command_reset},
		{"departed", command_departed}, {"uring-outlived", command_uring_outlived},
		{"uring-lent", command_uring_lent}, {"uring-attempt", command_uring_attempt},
		{"uring-polled", command_uring_polled}, {"taken-socket", command_taken_socket},
		{"destroyed-socket", command_destroyed_socket}, {"replaced-socket", command_replaced_socket},
		{"bound-socket", command_bound_socket}, {"fetched-attempt", command_fetched_attempt},
		{"uring-ignored", command_uring_ignored},
		{"autobound-socket", command_autobound_socket},
		{"uring-chained", command_uring_chained},
		{"program", command_program}, {"oldroot", command_oldroot},
		{"moved-mount", command_moved_mount}, {"base-swap", command_base_swap},
		{"start-elsewhere", command_start_elsewhere}, {"exec-race", command_exec_race},
		{"elevated", command_elevated}, {"late-exec", command_late_exec},
		{"ended", command_ended}, {"nested", command_program},
		{"ended-at-once", command_ended_at_once},
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(line_verb(), commands[i].verb)) {
			commands[i].command();
			return;
		}
	}
	if (!world_command(line_verb()))
		fail("unknown command '%.40s'", line_verb());
}

int main(int count, char **arguments)
{
	/* The C library reads /proc when it shrinks another thread's arena: an open that no command asked for. */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	if (count == 4 && !strcmp(arguments[1], "after-exec"))
		return after_exec(arguments + 2);
	if (count == 5 && !strcmp(arguments[1], "after-program"))
		return after_program(arguments + 3);
	if (getenv(EXECUTED))
		return after_exec_race(getenv(EXECUTED), count, arguments);

	char *line = malloc(LINE_SIZE);
	if (!line)
		return 2;
	signal(SIGPIPE, SIG_DFL);
	counts_open();
	line_open();
	memory_open();
	while (line_read(line, LINE_SIZE)) {
		alarm(COMMAND_SECONDS);
		line_parse(line);
		obey();
		alarm(0);
	}
	return 0;
}
