/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a program: one line for each actor, and below it one line for each op. */
#include "hunter.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <linux/netlink.h>

/* See KINDS. */
#define LINK_LOCAL 7
#define SEND_PATIENCE_MICROS 15000

struct program program;

struct name {
	const char *name;
	int value;
};

static const struct name VERBS[] = {
	{ "open", OPEN },   { "connect", CONNECT }, { "ring", RING },	  { "reap", REAP },	{ "pair", PAIR },
	{ "change", CHANGE }, { "dup2", DUP2 },	    { "close", CLOSE },	  { "flip", FLIP },	{ "socket", SOCKET },
	{ "steal", STEAL }, { "signal", SIGNAL },   { "pause", PAUSE },	  { "emulate", EMULATE }, { "nop", NOP },
	{ "timeout", TIMEOUT }, { "send", SEND },	    { "receive", RECEIVE },
	{ "fastopen", FASTOPEN }, { "rebind", REBIND },	    { "reform", REFORM },	  { "exec", EXEC },
	{ "await", AWAIT },	    { "astray", ASTRAY },   { NULL, 0 },
};
static const struct name ENTRIES[] = {
	{ "native", NATIVE }, { "ia32", IA32 }, { "socketcall", SOCKETCALL }, { NULL, 0 },
};
static const struct name CALLS[] = {
	{ "open", CALL_OPEN },	 { "openat", CALL_OPENAT }, { "openat2", CALL_OPENAT2 },
	{ "creat", CALL_CREAT }, { NULL, 0 },
};
static const struct name CHANGES[] = {
	{ "rename", RENAME },	{ "exchange", EXCHANGE }, { "link", LINK },	{ "unlink", UNLINK },
	{ "symlink", SYMLINK }, { "bind", BIND },	  { "umount", UMOUNT }, { "unshare", UNSHARE },
	{ "setns", SETNS },	{ "chroot", CHROOT },	  { "chdir", CHDIR },	{ NULL, 0 },
};
static const struct name REFUSALS[] = {
	{ "errno", REFUSE_ERRNO }, { "trap", REFUSE_TRAP }, { "notify", REFUSE_NOTIFY },
	{ "addfd", REFUSE_ADDFD }, { NULL, 0 },
};

/*
 * 0 is udp4, 1 tcp4, 2 udp6, 3 an abstract UNIX socket for datagrams, 4 a UNIX stream, 5 netlink,
 * 6 tcp6, 7 tcp6 with a link-local address.
 */
static const struct name KINDS[] = {
	{ "udp4", 0 },	{ "tcp4", 1 }, { "udp6", 2 }, { "unixd", 3 },
	{ "unix", 4 }, { "netlink", 5 }, { "tcp6", 6 },   { "link6", 7 },
	{ NULL, 0 },
};

static bool look_up(const struct name *names, const char *text, int *value)
{
	for (; names->name; names++) {
		if (!strcmp(names->name, text)) {
			*value = names->value;
			return true;
		}
	}
	return false;
}

const char *verb_name(enum verb verb)
{
	const struct name *name = VERBS;

	while (name->name && name->value != (int)verb)
		name++;
	return name->name ? name->name : "none";
}

static void bind_link_local(int fd)
{
	struct address own;

	if (parse_address("6/fe80::1/0/hunt0", &own))
		bind(fd, (struct sockaddr *)&own.bytes, own.length);
}

int new_socket(int kind)
{
	static const int families[] = { AF_INET, AF_INET, AF_INET6, AF_UNIX, AF_UNIX, AF_NETLINK, AF_INET6, AF_INET6 };
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM, SOCK_DGRAM, SOCK_DGRAM, SOCK_STREAM,
				     SOCK_RAW, SOCK_STREAM, SOCK_STREAM };

	/* A connect without an answer returns after SO_SNDTIMEO, and the kernel goes on with the attempt. */
	struct timeval patience = { .tv_usec = SEND_PATIENCE_MICROS };
	int fd = socket(families[kind], types[kind], 0);

	if (kind == LINK_LOCAL)
		bind_link_local(fd);
	if (types[kind] == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return fd;
}

static bool set(struct op *op, const char *key, const char *value)
{
	int number = (int)strtol(value, NULL, 0);
	int choice = 0;

	if (!strcmp(key, "via") && look_up(ENTRIES, value, &choice))
		op->entry = (enum entry)choice;
	else if (!strcmp(key, "call") && look_up(CALLS, value, &choice))
		op->call = (enum call)choice;
	else if (!strcmp(key, "what") && look_up(CHANGES, value, &choice))
		op->change = (enum change)choice;
	else if (!strcmp(key, "kind") && look_up(KINDS, value, &choice))
		op->kind = choice;
	else if (!strcmp(key, "from"))
		op->base = !strcmp(value, "cwd") ? BASE_CWD : strncmp(value, "dir", 3) ? BASE_ABSOLUTE : BASE_DIRECTORY,
		op->directory = op->base == BASE_DIRECTORY ? atoi(value + 3) : 0;
	else if (!strcmp(key, "path"))
		snprintf(op->path, sizeof(op->path), "%s", value);
	else if (!strcmp(key, "other"))
		snprintf(op->other, sizeof(op->other), "%s", value);
	else if (!strcmp(key, "flags"))
		op->flags = strtoul(value, NULL, 0);
	else if (!strcmp(key, "mode"))
		op->mode = (unsigned)strtoul(value, NULL, 0);
	else if (!strcmp(key, "resolve"))
		op->resolve = strtoul(value, NULL, 0);
	else if (!strcmp(key, "slot"))
		op->slot = number;
	else if (!strcmp(key, "value"))
		op->value = number;
	else if (!strcmp(key, "number"))
		op->number = number;
	else if (!strcmp(key, "to"))
		return parse_address(value, &op->to);
	else if (!strcmp(key, "or"))
		return parse_address(value, &op->alternative);
	else
		return false;
	return true;
}

static bool set_mark(struct op *op, const char *mark)
{
	struct {
		const char *name;
		bool *mark;
	} marks[] = {
		{ "flip-path", &op->flips_path }, { "flip-how", &op->flips_how },
		{ "flip-address", &op->flips_address },
		{ "flip-block", &op->flips_block }, { "gone", &op->gone },	  { "refused", &op->refused },
		{ "link", &op->link },		    { "async", &op->async },	  { "fixed", &op->fixed },
		{ "no-wait", &op->no_wait },	    { "sqpoll", &op->sqpoll },	  { "restart", &op->restart },
		{ "direct", &op->direct },	    { "common", &op->common },	  { "skip", &op->skip },
		{ "small", &op->small },	    { "shared", &op->shared },	  { "by-ring", &op->by_ring },
		{ "deferred", &op->deferred },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (!strcmp(marks[i].name, mark)) {
			*marks[i].mark = true;
			return true;
		}
	}
	return false;
}

static void set_flip(struct op *op, char *at, size_t size, const void *first, const void *second)
{
	op->flip_at = at;
	op->flip_size = size;
	memcpy(op->flip_values[0], first, size);
	memcpy(op->flip_values[1], second, size);
}

/* One store has to switch between the two paths, so that memory never holds a third path. */
static bool prepare_path(struct op *op)
{
	char *path = op->page;
	size_t before = 0;

	if (op->base == BASE_ABSOLUTE)
		before = (size_t)snprintf(path, PATH_ROOM, "%s/", base);
	snprintf(path + before, PATH_ROOM, "%s", op->path);
	if (op->flips_path) {
		size_t at = 0;

		if (strlen(op->path) != strlen(op->other))
			return false;
		while (op->path[at] && op->path[at] == op->other[at])
			at++;
		if (!op->path[at] || strcmp(op->path + at + 1, op->other + at + 1))
			return false;
		set_flip(op, path + before + at, 1, op->path + at, op->other + at);
	}
	struct open_how how = { .flags = op->flags, .mode = op->mode, .resolve = op->resolve };

	memcpy(op->page + PAGE / 2, &how, sizeof(how));
	if (op->flips_how) {
		unsigned char first = (unsigned char)((op->flags & ~(unsigned long)O_APPEND) >> 8);
		unsigned char second = (unsigned char)((op->flags | O_APPEND) >> 8);

		set_flip(op, op->page + PAGE / 2 + 1, 1, &first, &second);
	}
	return true;
}

static bool prepare_address(struct op *op)
{
	const char *first = (const char *)&op->to.bytes, *second = (const char *)&op->alternative.bytes;

	memcpy(op->page, &op->to.bytes, sizeof(op->to.bytes));
	if (op->flips_address) {
		size_t at = 0;

		while (at + 8 < sizeof(op->to.bytes) && !memcmp(first + at, second + at, 8))
			at += 8;
		if (at + 8 < sizeof(op->to.bytes) &&
		    memcmp(first + at + 8, second + at + 8, sizeof(op->to.bytes) - at - 8))
			return false;
		set_flip(op, op->page + at, 8, first + at, second + at);
	}
	uint32_t block[3] = { (uint32_t)PAIR_FD, (uint32_t)(uintptr_t)op->page, op->to.length };

	memcpy(op->page + PAGE / 2, block, sizeof(block));
	if (op->flips_block) {
		uint32_t other = PAIR_FD + 1;

		set_flip(op, op->page + PAGE / 2, sizeof(other), &block[0], &other);
	}
	return true;
}

static struct op *parse_op(char *line)
{
	struct op *op = &program.ops[program.ops_count];
	char *rest = line, *word = strtok_r(rest, " ", &rest);
	int verb;

	if (program.ops_count == MAX_OPS || !word || !look_up(VERBS, word, &verb))
		return NULL;
	memset(op, 0, sizeof(*op));
	op->verb = (enum verb)verb;
	op->call = CALL_OPENAT;
	op->slot = op->number = -1;
	op->page = arena->pages[program.ops_count];
	while ((word = strtok_r(rest, " ", &rest))) {
		char *equals = strchr(word, '=');

		if (equals)
			*equals = 0;
		if (equals ? !set(op, word, equals + 1) : !set_mark(op, word)) {
			fprintf(stderr, "unraced-hunter: unknown word %s\n", word);
			return NULL;
		}
	}
	bool has_address = op->verb == CONNECT || op->verb == PAIR || op->verb == RECEIVE;
	bool ready = has_address ? prepare_address(op) : prepare_path(op);

	if (!ready)
		return NULL;
	program.ops_count++;
	return op;
}

/* "ring kind | open ... | close ..." is one op with requests behind it. */
static bool parse_line(char *line)
{
	char *rest = line, *part = strtok_r(rest, "|", &rest);
	struct op *head = part ? parse_op(part) : NULL;

	if (!head)
		return false;
	while ((part = strtok_r(rest, "|", &rest))) {
		if (!parse_op(part))
			return false;
		head->requests++;
	}
	return true;
}

static bool parse_actor(char *line)
{
	struct actor *actor = &program.actors[program.actors_count];
	char *rest = line, *word = strtok_r(rest, " ", &rest);
	int choice;

	if (program.actors_count == MAX_ACTORS)
		return false;
	memset(actor, 0, sizeof(*actor));
	actor->id = program.actors_count;
	actor->first = program.ops_count;
	while ((word = strtok_r(rest, " ", &rest))) {
		char *equals = strchr(word, '='), *value = equals ? equals + 1 : NULL;

		if (equals)
			*equals = 0;
		if (!strcmp(word, "process") && value)
			actor->process = atoi(value);
		else if (!strcmp(word, "files"))
			actor->shares_files = true;
		else if (!strcmp(word, "disturb"))
			actor->disturbs = true;
		else if (!strcmp(word, "fill") && value)
			actor->fill = atoi(value);
		else if (!strcmp(word, "pend"))
			actor->pends = true;
		else if (!strcmp(word, "refuse") && value && look_up(REFUSALS, value, &choice))
			actor->refusal = (enum refusal)choice;
		else if (!strcmp(word, "answer") && value)
			actor->refusal_value = atol(value);
		else
			return false;
	}
	if (actor->process < 0 || actor->process >= MAX_PROCESSES)
		return false;
	if (actor->process >= program.processes_count)
		program.processes_count = actor->process + 1;
	program.actors_count++;
	return true;
}

bool parse(char *text)
{
	char *rest = text, *line;

	memset(&program, 0, offsetof(struct program, actors));
	for (int i = 0; i < MAX_SLOTS; i++)
		program.slot_kinds[i] = -1;
	program.rounds = 1;
	program.deadline_millis = 10000;
	while ((line = strtok_r(rest, "\n", &rest))) {
		int slot, done = 0;
		char kind[16];

		while (*line == ' ')
			line++;
		if (*line == '#' || !*line)
			continue;
		if (sscanf(line, "seed %lu", &program.seed) == 1 || sscanf(line, "rounds %d", &program.rounds) == 1 ||
		    sscanf(line, "deadline %d", &program.deadline_millis) == 1)
			continue;
		if (sscanf(line, "slot %d kind=%15s", &slot, kind) == 2) {
			if (slot < 0 || slot >= MAX_SLOTS || !look_up(KINDS, kind, &program.slot_kinds[slot]))
				return false;
			continue;
		}
		int before = program.ops_count;

		if (!strncmp(line, "actor", 5))
			done = parse_actor(line);
		else if (program.actors_count)
			done = parse_line(line);
		if (!done) {
			fprintf(stderr, "unraced-hunter: cannot read %s\n", line);
			return false;
		}
		if (program.actors_count)
			program.actors[program.actors_count - 1].count += program.ops_count - before;
	}
	return program.actors_count > 0;
}
