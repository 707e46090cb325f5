/* SPDX-License-Identifier: Apache-2.0 */
/* The log: lines of key=value, one for each act and each change. */
#include "hunter.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define PATIENCE_NANOS 20000
#define FLIP_PATIENCE_NANOS 300000

uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

/* This is xorshift64*; the state is never 0. */
uint64_t next_random(struct self *self)
{
	self->random ^= self->random >> 12;
	self->random ^= self->random << 25;
	self->random ^= self->random >> 27;
	return self->random * 2685821657736338717ull;
}

void append(struct log *log, const char *format, ...)
{
	va_list arguments;
	int written;

	va_start(arguments, format);
	written = vsnprintf(log->text + log->length, LOG_ROOM - log->length, format, arguments);
	va_end(arguments);
	if (written < 0 || (size_t)written >= LOG_ROOM - log->length)
		log->lost++;
	else
		log->length += (size_t)written;
}

void append_hex(char *to, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	for (size_t i = 0; i < length; i++) {
		*to++ = digits[from[i] >> 4];
		*to++ = digits[from[i] & 15];
	}
	*to = 0;
}

void refresh_mount_ns(struct self *self)
{
	struct stat stat;

	self->mount_ns = fstatat(PROC_FD, "thread-self/ns/mnt", &stat, 0) ? 0 : stat.st_ino;
}

void beat(struct self *self)
{
	__atomic_store_n(&arena->beats[self->actor->id], arena->beats[self->actor->id] + 1, __ATOMIC_RELAXED);
}

static unsigned others_beats(const struct self *self)
{
	unsigned sum = 0;

	for (int i = 0; i < program.actors_count; i++)
		sum += i == self->actor->id ? 0 : __atomic_load_n(&arena->beats[i], __ATOMIC_RELAXED);
	return sum;
}

/* A race needs another actor that runs on another CPU now, so an act waits a little for a beat. */
void meet(struct self *self, bool flips)
{
	unsigned before = others_beats(self);
	uint64_t until = now() + (flips ? FLIP_PATIENCE_NANOS : PATIENCE_NANOS);

	if (program.actors_count == 1)
		return;
	while (others_beats(self) == before && now() < until)
		;
}
