/* SPDX-License-Identifier: Apache-2.0 */
/* 32-bit connects whose arguments lie in a block of memory, which another process rewrites all the time. */
#include "attack/rival.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif

#define SOCKET_A 40
#define SOCKET_B 41
#define FIRST_PORT 1024
#define PORTS 60000
#define SHORT 4
#define LOOPBACK 1

/* The block and its addresses, in memory that both processes share and 32-bit calls can address. */
struct indirect {
	/* The arguments of socketcall(2): descriptor, address, length. */
	volatile uint32_t block[3];
	unsigned char a[MAX_ADDRESS], b[MAX_ADDRESS];
	/* The index of the word that is rewritten, and its two values. */
	int at;
	uint32_t values[2];
	int sockets[2];
	/* The other process binds the second socket to a device in mid-call. Else it only rewrites the block. */
	bool binds;
	pid_t owner;
	int owner_fd;
};

static int fetch_second(const struct indirect *indirect)
{
	return (int)syscall(SYS_pidfd_getfd, indirect->owner_fd, indirect->sockets[1], 0);
}

/*
 * Connects the second socket to the address of the round, as the main thread is about to connect
 * the first one. The other process holds neither socket for longer than it needs to: no event
 * asserts a socket that somebody else holds.
 */
static void prepare(struct rival *rival)
{
	struct indirect *indirect = rival->of;

	if (!indirect->binds)
		return;
	if (indirect->owner_fd < 0) {
		close(indirect->sockets[0]);
		close(indirect->sockets[1]);
		indirect->owner_fd = (int)syscall(SYS_pidfd_open, indirect->owner, 0);
	}
	int fd = fetch_second(indirect);
	if (watched_connect(ABI_NATIVE, fd, indirect->a, sizeof(struct sockaddr)))
		rival->failed = true;
	close(fd);
}

static void bind_anew(const struct indirect *indirect)
{
	static int device = LOOPBACK;
	int fd = fetch_second(indirect);

	device = LOOPBACK - device;
	setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof(device));
	close(fd);
}

static void act(struct rival *rival, long long moment)
{
	struct indirect *indirect = rival->of;

	while (now() < moment) {
		indirect->block[indirect->at] = indirect->values[1];
		if (now() >= moment)
			break;
		indirect->block[indirect->at] = indirect->values[0];
	}
	if (indirect->binds) {
		indirect->block[indirect->at] = indirect->values[1];
		bind_anew(indirect);
	}
}

static void set_port(unsigned char *address, long round)
{
	long port = FIRST_PORT + round % PORTS;

	address[2] = (unsigned char)(port >> 8);
	address[3] = (unsigned char)port;
}

/* The port is unique to the round, so it tells which socket was connected; the address tells which address. */
static char truth_of(const struct indirect *indirect, long result)
{
	if (result)
		return 'x';
	if (indirect->at == 0)
		return has_peer(indirect->sockets[0], indirect->a) ? 'a'
		       : has_peer(indirect->sockets[1], indirect->a) ? 'b' : 'x';
	return has_peer(indirect->sockets[0], indirect->a) ? 'a'
	       : has_peer(indirect->sockets[0], indirect->b) ? 'b' : 'x';
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct indirect *indirect = with;

	indirect->block[indirect->at] = indirect->values[0];
	set_port(indirect->a, rival->begun);
	set_port(indirect->b, rival->begun);
	rival_begin(rival);
	long result = watched_socketcall_block((void *)indirect->block);
	bool in_time = rival_end(rival);
	char letter = truth_of(indirect, result);
	*won = indirect->binds ? in_time && letter == 'a' : letter != 'a';
	return letter;
}

static bool aim(struct indirect *indirect, const char *how)
{
	indirect->block[0] = (uint32_t)indirect->sockets[0];
	indirect->block[1] = (uint32_t)(uintptr_t)indirect->a;
	indirect->block[2] = sizeof(struct sockaddr);
	indirect->binds = !strcmp(how, "bind");
	if (!strcmp(how, "fd") || indirect->binds) {
		indirect->at = 0;
		indirect->values[1] = (uint32_t)indirect->sockets[1];
	} else if (!strcmp(how, "address")) {
		indirect->at = 1;
		indirect->values[1] = (uint32_t)(uintptr_t)indirect->b;
	} else if (!strcmp(how, "length")) {
		indirect->at = 2;
		indirect->values[1] = SHORT;
	} else {
		return false;
	}
	indirect->values[0] = indirect->block[indirect->at];
	return true;
}

static void make_sockets(struct indirect *indirect)
{
	const int handles[] = {SOCKET_A, SOCKET_B};
	const unsigned char anywhere[16] = {AF_INET};

	for (int i = 0; i < 2; i++) {
		indirect->sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		bind(indirect->sockets[i], (const struct sockaddr *)anywhere, sizeof(anywhere));
		handle_put(handles[i], indirect->sockets[i]);
	}
}

void command_socketcall(void)
{
	struct bytes a = {0}, b = {0};
	const char *how = line_text("how");
	struct indirect *indirect = mmap(NULL, sizeof(*indirect), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long calls = (long)line_number("calls", 1000);

	if (!how || indirect == MAP_FAILED) {
		fail("socketcall needs how=fd, bind, address or length");
	} else if (!abi_works(ABI_IA32)) {
		fail("unsupported: this kernel takes no ia32 calls");
	} else if (bytes_take(&a, "a") && bytes_take(&b, "b")) {
		indirect->owner = getpid();
		indirect->owner_fd = -1;
		memcpy(indirect->a, a.address, sizeof(struct sockaddr));
		memcpy(indirect->b, b.address, sizeof(struct sockaddr));
		make_sockets(indirect);
		struct rival *rival = rival_new(act, indirect, true);
		if (aim(indirect, how)) {
			rival->prepare = prepare;
			rival_play(rival, calls, play_round, indirect, "unsupported: the socket cannot be fetched");
		} else {
			fail("socketcall needs how=fd, bind, address or length");
			rival_free(rival);
		}
	}
	free(a.address);
	free(b.address);
	munmap(indirect, sizeof(*indirect));
}
