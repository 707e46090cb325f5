/* SPDX-License-Identifier: Apache-2.0 */
/* Many calls whose argument another thread changes, and the truth of each call: the version that the kernel took. */
#include "race.h"
#include "attack/rival.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST 4096

/* The properties that tell the two versions apart: the files, their access modes, or the errors. */
struct sides {
	struct stat files[2];
	int accesses[2];
	long errors[2];
};

static char side(bool a, bool b)
{
	return a == b ? 'x' : a ? 'a' : 'b';
}

static char side_of_file(const struct sides *sides, int fd)
{
	struct stat status;

	if (fstat(fd, &status))
		return 'x';
	return side(status.st_ino == sides->files[0].st_ino, status.st_ino == sides->files[1].st_ino);
}

static char side_of_peer(const struct race *race)
{
	unsigned char peer[MAX_ADDRESS];
	socklen_t size = sizeof(peer);

	if (getpeername((int)race->call.fd, (struct sockaddr *)peer, &size) || size <= race->at)
		return 'x';
	return side(peer[race->at] == race->a, peer[race->at] == race->b);
}

/* Returns the version that the call really took. */
static char truth_of(const struct race *race, const struct sides *sides, long result)
{
	if (result < 0)
		return side(result == sides->errors[0], result == sides->errors[1]);
	if (race->call.which == CONNECT)
		return side_of_peer(race);
	if (race->how) {
		int access = fcntl((int)result, F_GETFL) & O_ACCMODE;
		return side(access == sides->accesses[0], access == sides->accesses[1]);
	}
	return side_of_file(sides, (int)result);
}

/* Reads the two versions. They differ in one byte, or are equal where the race is for a directory. */
static bool read_versions(struct race *race, unsigned char *a, unsigned char *b)
{
	size_t length_b = 0, differences = 0;
	unsigned char *first = line_bytes("a", &race->length), *second = line_bytes("b", &length_b);
	bool good = first && second && race->length == length_b && length_b < LONGEST;

	for (size_t i = 0; good && i < length_b; i++) {
		if (first[i] != second[i]) {
			race->at = i;
			differences++;
		}
	}
	good = good && differences <= 1;
	if (good) {
		memcpy(a, first, length_b + 1);
		memcpy(b, second, length_b + 1);
		race->a = a[race->at];
		race->b = b[race->at];
	} else {
		fail("a= and b= must differ in one byte");
	}
	free(first);
	free(second);
	return good;
}

static void read_sides(const struct race *race, const unsigned char *a, const unsigned char *b, struct sides *sides)
{
	sides->errors[0] = line_number("error_a", 1);
	sides->errors[1] = line_number("error_b", 1);
	if (race->how) {
		sides->accesses[0] = a[0] & O_ACCMODE;
		sides->accesses[1] = b[0] & O_ACCMODE;
	} else if (race->call.which != CONNECT) {
		/* For a file that does not exist, the error tells the version. */
		fstatat(race->directories[0], (const char *)a, &sides->files[0], 0);
		fstatat(race->directories[1], (const char *)b, &sides->files[1], 0);
	}
}

/* Parses the call and points it to the raced bytes: the how where a path is given, else the path or the address. */
static bool race_call(struct race *race)
{
	struct pointer raced = {.address = race->memory, .length = race->length};

	if (!call_parse(&race->call))
		return false;
	if (race->how) {
		pointer_free(&race->call.how);
		race->call.how = raced;
	} else {
		race->call.path = raced;
	}
	if (race->call.which == CONNECT)
		race->call.addrlen = (long)race->length;
	return true;
}

static void make_calls(struct race *race, const struct sides *sides, long calls, char *truth)
{
	long tag = line_number("tag", 1);

	for (long i = 0; i < calls; i++) {
		race->aim->prepare(race);
		race->call.mode = tag + i;
		long long start = now();
		race->begun = i + 1;
		long result = call_perform(&race->call);
		race->ended = i + 1;
		long took = (long)(now() - start);
		race->span += (2 * took - race->span) / 16;
		truth[i] = truth_of(race, sides, result);
		if (result >= 0 && race->call.which != CONNECT)
			close((int)result);
		while (race->aim->turns && race->answered != i + 1)
			sched_yield();
	}
}

static void *attack(void *argument)
{
	struct race *race = argument;

	pin(&race->allowed, 1);
	return race->aim->run(race);
}

/* The attacker is a thread, or a process that shares only the memory with the caller. */
struct attacker {
	pthread_t thread;
	pid_t process;
};

static void attacker_start(struct attacker *attacker, struct race *race)
{
	attacker->process = 0;
	if (!line_number("process", 0)) {
		if (pthread_create(&attacker->thread, NULL, attack, race))
			_exit(3);
		return;
	}
	attacker->process = fork_child();
	if (!attacker->process) {
		attack(race);
		_exit(0);
	}
	if (attacker->process < 0)
		_exit(3);
}

static void attacker_end(struct attacker *attacker, struct race *race)
{
	race->over = true;
	if (attacker->process)
		reap(attacker->process, 10);
	else
		pthread_join(attacker->thread, NULL);
}

static void race_close(struct race *race)
{
	call_free(&race->call);
	munmap(race->memory, RACE_ROOM);
	if (race->alias != race->memory)
		munmap(race->alias, RACE_ROOM);
	if (race->faults >= 0)
		close(race->faults);
}

/* Makes a race in memory that a child shares. */
static struct race *race_new(void)
{
	struct race *race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (race == MAP_FAILED)
		_exit(3);
	race->aim = aim_named(line_text("aim"));
	race->how = line_text("path") != NULL;
	race->directories[0] = handle_get(line_text("first"), AT_FDCWD);
	race->directories[1] = handle_get(line_text("second"), AT_FDCWD);
	race->faults = -1;
	sched_getaffinity(0, sizeof(race->allowed), &race->allowed);
	race->span = 2000;
	race->chance = (unsigned long)now();
	return race;
}

static void run(struct race *race, const unsigned char *a, const unsigned char *b, long calls)
{
	char *truth = calloc(1, (size_t)calls + 1);
	struct sides sides = {0};
	struct attacker attacker;

	if (truth && race_call(race)) {
		memcpy(race->alias, a, race->length + 1);
		read_sides(race, a, b, &sides);
		attacker_start(&attacker, race);
		pin(&race->allowed, 0);
		make_calls(race, &sides, calls, truth);
		sched_setaffinity(0, sizeof(race->allowed), &race->allowed);
		attacker_end(&attacker, race);
		reply_begin();
		reply("tid=%d truth=%s", own_tid(), truth);
		reply_end();
	}
	free(truth);
}

void command_race(void)
{
	static unsigned char a[LONGEST], b[LONGEST];
	struct race *race = race_new();
	long calls = line_number("calls", 1000);

	if (!race->aim || calls < 1) {
		fail("race needs calls=N and aim=loop, sweep, back, late, cold, fault, fuse or directory");
	} else if (read_versions(race, a, b)) {
		const char *missing = race->aim->open(race);
		if (missing)
			fail("unsupported: %s", missing);
		else
			run(race, a, b, calls);
		race_close(race);
	}
	munmap(race, sizeof(*race));
}
