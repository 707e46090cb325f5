/* SPDX-License-Identifier: Apache-2.0 */
/* One call, from its command to the reply about it. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The layout of struct open_how of <linux/openat2.h>. */
struct how {
	uint64_t flags, mode, resolve;
};

static const char *const names[] = {"open", "openat", "openat2", "creat", "connect"};

static bool parse_which(struct call *call)
{
	const char *name = line_text("name");

	for (int i = 0; name && i < 5; i++) {
		if (!strcmp(name, names[i])) {
			call->which = (enum which)i;
			return true;
		}
	}
	fail("name= must be open, openat, openat2, creat or connect");
	return false;
}

static bool parse_origin(struct call *call)
{
	const char *via = line_text("via");

	call->uring = via && !strcmp(via, "io_uring");
	call->socketcall = via && !strcmp(via, "socketcall");
	call->worker = line_number("worker", 0);
	call->silent = line_number("silent", 0);
	call->polled = line_number("polled", 0);
	call->overflow = line_number("overflow", 0);
	call->linked = line_number("linked", 0);
	call->skipped = line_number("skipped", 0);
	call->others = line_number("others", 0);
	call->hushed = line_number("hushed", 0);
	call->cancelled = line_number("cancelled", 0);
	call->forges = line_text("forged") != NULL;
	call->forged = line_number("forged", 0);
	call->drained = line_number("drained", 0);
	call->echoed = line_number("echoed", 0);
	if (!call->uring || uring_works(call))
		return true;
	fail("unsupported: no io_uring takes this call here");
	return false;
}

static bool parse_abi(struct call *call)
{
	static const char *const names[] = {
		[ABI_NATIVE] = "native", [ABI_IA32] = "ia32", [ABI_X32] = "x32", [ABI_WIDE] = "wide"};
	const char *abi = line_text("abi");

	call->abi = line_number("wide", 0) ? ABI_WIDE : ABI_NATIVE;
	for (enum abi i = ABI_NATIVE; abi && i < ABI_WIDE; i++)
		if (!strcmp(abi, names[i]))
			call->abi = i;
	if (abi_works(call->abi))
		return true;
	fail("unsupported: this kernel takes no %s calls", names[call->abi]);
	return false;
}

/* The word how= is a pointer like any other; without it, flags, mode and resolve fill the structure. */
static bool parse_how(struct call *call)
{
	struct how how = {(uint64_t)line_number("flags", 0), (uint64_t)line_number("mode", 0),
			  (uint64_t)line_number("resolve", 0)};
	char text[4 + 2 * sizeof(how) + 1] = "hex:";

	if (line_text("how"))
		return pointer_make(&call->how, line_text("how"));
	for (size_t i = 0; i < sizeof(how); i++)
		sprintf(text + 4 + 2 * i, "%02x", ((unsigned char *)&how)[i]);
	return pointer_make(&call->how, text);
}

bool call_parse(struct call *call)
{
	memset(call, 0, sizeof(*call));
	if (!parse_which(call) || !parse_origin(call) || !parse_abi(call))
		return false;
	if (!pointer_make(&call->path, line_text(call->which == CONNECT ? "address" : "path")))
		return false;
	if (call->which == OPENAT2 && !parse_how(call))
		return false;
	call->fd = handle_get(line_text(call->which == CONNECT ? "fd" : "dirfd"), AT_FDCWD);
	call->flags = line_number("flags", 0);
	call->mode = line_number("mode", 0);
	call->how_size = (size_t)line_number("size", sizeof(struct how));
	call->addrlen = line_number("addrlen", (long long)call->path.length);
	call->keeps = line_text("keep") != NULL;
	call->keep = line_number("keep", 0);
	call->takes_zero = line_number("zero", 0);
	return true;
}

long call_perform(const struct call *call)
{
	const void *path = call->path.address;

	if (call->uring)
		return uring_call(call);
	switch (call->which) {
	case OPEN:
		return watched_open(call->abi, path, call->flags, call->mode);
	case OPENAT:
		return watched_openat(call->abi, call->fd, path, call->flags, call->mode);
	case OPENAT2:
		return watched_openat2(call->abi, call->fd, path, call->how.address, call->how_size);
	case CREAT:
		return watched_creat(call->abi, path, call->mode);
	default:
		if (call->socketcall)
			return watched_socketcall(call->fd, path, call->addrlen);
		return watched_connect(call->abi, call->fd, path, call->addrlen);
	}
}

static void examine_file(struct call *call)
{
	struct stat status;
	char link[32];

	if (fstat((int)call->result, &status))
		return;
	call->has_file = true;
	call->device_major = major(status.st_dev);
	call->device_minor = minor(status.st_dev);
	call->inode = status.st_ino;
	snprintf(link, sizeof(link), "/proc/self/fd/%ld", call->result);
	call->real_length = readlink(link, call->real, sizeof(call->real));
}

static void examine_socket(struct call *call)
{
	socklen_t local = sizeof(call->local), peer = sizeof(call->peer);

	call->has_socket = !getsockname((int)call->fd, (struct sockaddr *)call->local, &local);
	call->local_length = call->has_socket ? (int)local : -1;
	call->peer_length = getpeername((int)call->fd, (struct sockaddr *)call->peer, &peer) ? -1 : (int)peer;
}

/* Fills descriptor 0 again after a call has taken it. */
static void give_zero_back(void)
{
	dup2(1, 0);
}

void call_make(struct call *call)
{
	call->tid = own_tid();
	if (call->takes_zero)
		close(0);
	call->begun = now();
	call->result = call_perform(call);
	call->ended = now();
	if (call->which == CONNECT) {
		examine_socket(call);
		return;
	}
	if (call->result >= 0) {
		examine_file(call);
		if (call->keeps)
			handle_put(call->keep, (int)call->result);
		else if (!call->takes_zero)
			close((int)call->result);
	}
	if (call->takes_zero)
		give_zero_back();
}

void call_reply(const struct call *call)
{
	reply_begin();
	reply("tid=%d tgid=%d result=%ld begun=%lld ended=%lld", call->tid, getpid(), call->result, call->begun,
	      call->ended);
	if (call->has_file)
		reply("major=%u minor=%u inode=%llu", call->device_major, call->device_minor, call->inode);
	if (call->real_length > 0)
		reply_hex("real", call->real, (size_t)call->real_length);
	if (call->which == CONNECT && call->local_length >= 0)
		reply_hex("local", call->local, (size_t)call->local_length);
	if (call->which == CONNECT && call->peer_length >= 0)
		reply_hex("peer", call->peer, (size_t)call->peer_length);
	reply_end();
}

void call_free(struct call *call)
{
	pointer_free(&call->path);
	pointer_free(&call->how);
}

void command_call(void)
{
	struct call call;

	if (!call_parse(&call))
		return;
	call_make(&call);
	call_reply(&call);
	call_free(&call);
}
