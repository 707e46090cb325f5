/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation has one command per line, and one reply per command. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WORDS 64

static char *verb;
static char *keys[WORDS];
static char *values[WORDS];
static int words;
static FILE *commands, *replies;

void line_open(void)
{
	int in = fcntl(0, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
	int out = fcntl(1, F_DUPFD_CLOEXEC, FIRST_OWN_FD);

	/* Descriptors 0, 1 and 2 stay open, so that a call returns one of them only when a command asks for that. */
	int nothing = memfd_create("unraced-actor", 0);
	for (int fd = 0; fd < 2; fd++)
		dup2(nothing, fd);
	if (nothing > 2)
		close(nothing);
	commands = fdopen(in, "r");
	replies = fdopen(out, "w");
	if (!commands || !replies)
		_exit(2);
	setvbuf(replies, malloc(LINE_SIZE), _IOFBF, LINE_SIZE);
}

bool line_read(char *buffer, size_t size)
{
	if (!fgets(buffer, (int)size, commands))
		return false;
	buffer[strcspn(buffer, "\n")] = 0;
	return true;
}

void line_parse(char *line)
{
	char *rest;

	words = 0;
	verb = strtok_r(line, " ", &rest);
	if (!verb)
		verb = line;
	for (char *word; words < WORDS && (word = strtok_r(NULL, " ", &rest));) {
		char *equals = strchr(word, '=');
		if (!equals)
			continue;
		*equals = 0;
		keys[words] = word;
		values[words++] = equals + 1;
	}
}

const char *line_verb(void)
{
	return verb;
}

const char *line_text(const char *key)
{
	for (int i = 0; i < words; i++)
		if (!strcmp(keys[i], key))
			return values[i];
	return NULL;
}

long long line_number(const char *key, long long missing)
{
	const char *text = line_text(key);

	if (!text)
		return missing;
	return *text == '-' ? strtoll(text, NULL, 0) : (long long)strtoull(text, NULL, 0);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

unsigned char *hex_decode(const char *hex, size_t *length)
{
	size_t n = strlen(hex);
	unsigned char *bytes = n % 2 ? NULL : malloc(n / 2 + 1);

	if (!bytes)
		return NULL;
	for (size_t i = 0; i < n / 2; i++) {
		int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
		if (high < 0 || low < 0) {
			free(bytes);
			return NULL;
		}
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	bytes[n / 2] = 0;
	*length = n / 2;
	return bytes;
}

unsigned char *line_bytes(const char *key, size_t *length)
{
	const char *hex = line_text(key);

	return hex ? hex_decode(hex, length) : NULL;
}

bool bytes_take(struct bytes *bytes, const char *key)
{
	bytes->address = line_bytes(key, &bytes->length);
	if (!bytes->address)
		fail("%s= must be hexadecimal digits", key);
	return bytes->address != NULL;
}

void reply_begin(void)
{
	fputs("ok", replies);
}

void reply(const char *format, ...)
{
	va_list arguments;

	fputc(' ', replies);
	va_start(arguments, format);
	vfprintf(replies, format, arguments);
	va_end(arguments);
}

void reply_more(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(replies, format, arguments);
	va_end(arguments);
}

void reply_hex(const char *key, const void *bytes, size_t length)
{
	fprintf(replies, " %s=", key);
	for (size_t i = 0; i < length; i++)
		fprintf(replies, "%02x", ((const unsigned char *)bytes)[i]);
}

void reply_texts(const char *key, const char *const *texts, int count)
{
	fprintf(replies, " %s=", key);
	for (int i = 0; i < count; i++) {
		if (i)
			fputc(',', replies);
		for (const char *c = texts[i]; *c; c++)
			fprintf(replies, "%02x", (unsigned char)*c);
	}
}

void reply_end(void)
{
	fputc('\n', replies);
	fflush(replies);
}

void fail(const char *format, ...)
{
	va_list arguments;

	fputs("error ", replies);
	va_start(arguments, format);
	vfprintf(replies, format, arguments);
	va_end(arguments);
	reply_end();
}
