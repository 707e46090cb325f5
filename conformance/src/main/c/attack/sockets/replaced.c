/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 32-bit connect through socketcall(2), whose block nobody writes. The kernel looks the block's descriptor up, and
 * then waits for the page with the address. Meanwhile a thread that shares the descriptors closes this one, or puts
 * another socket there. So the descriptor leads elsewhere when the kernel begins to connect, although the block is the
 * same.
 */
#include "attack/rival.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

struct replaced {
	struct bytes a, b;
	bool closes;
	/* The arguments of socketcall(2): descriptor, address, length. They stay the same in all rounds. */
	uint32_t *block;
	/* The page with the address, and its content, which a userfaultfd supplies. */
	unsigned char *page, *content;
	int faults;
	/* The block's descriptor, and the socket that replaces the one behind it. */
	int fd, decoy;
	volatile bool returned, replaced;
};

static void *low_page(void)
{
	void *page = map_low((size_t)getpagesize());

	if (page == MAP_FAILED)
		_exit(3);
	return page;
}

/* Returns what is missing, or NULL. */
static const char *open_page(struct replaced *replaced)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.range = {.start = (uintptr_t)replaced->page, .len = (size_t)getpagesize()},
					.mode = UFFDIO_REGISTER_MODE_MISSING};

	if (!abi_works(ABI_IA32))
		return "this kernel takes no ia32 calls";
	replaced->faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (replaced->faults < 0)
		return "userfaultfd is not permitted";
	if (ioctl(replaced->faults, UFFDIO_API, &api) || ioctl(replaced->faults, UFFDIO_REGISTER, &range))
		return "userfaultfd does not take this memory";
	return NULL;
}

/* The other thread connects the decoy, since each call of the main thread is a round. */
static void prepare(struct rival *rival)
{
	struct replaced *replaced = rival->of;

	replaced->returned = replaced->replaced = false;
	if (replaced->decoy >= 0)
		return;
	replaced->decoy = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (watched_connect(ABI_NATIVE, replaced->decoy, replaced->b.address, (long)replaced->b.length))
		rival->failed = true;
}

/* Replaces the descriptor when the kernel wants the address, and then lets it have the address. */
static void act(struct rival *rival, long long moment)
{
	struct replaced *replaced = rival->of;
	struct uffdio_copy copy = {.dst = (uintptr_t)replaced->page,
				   .src = (uintptr_t)replaced->content,
				   .len = (unsigned long)getpagesize()};
	struct uffd_msg message;

	(void)moment;
	while (read(replaced->faults, &message, sizeof(message)) != sizeof(message)) {
		if (replaced->returned)
			return;
		sched_yield();
	}
	replaced->replaced = replaced->closes ? !close(replaced->fd) : dup2(replaced->decoy, replaced->fd) >= 0;
	rival->to = now();
	ioctl(replaced->faults, UFFDIO_COPY, &copy);
}

static char play_round(struct rival *rival, void *with, bool *won)
{
	struct replaced *replaced = with;
	int own = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	dup2(own, replaced->fd);
	madvise(replaced->page, (size_t)getpagesize(), MADV_DONTNEED);
	rival_begin(rival);
	long result = watched_socketcall_block(replaced->block);
	replaced->returned = true;
	bool within = rival_end(rival) && replaced->replaced;
	/* The kernel looked the descriptor up before the other thread replaced it. */
	char reached = !result && is_connected(own) ? 'a' : 'x';
	*won = within && reached == 'a';
	close(own);
	return reached;
}

static void play(struct replaced *replaced, long calls)
{
	struct rival *rival = rival_new(act, replaced, false);

	rival->prepare = prepare;
	rival_play(rival, calls, play_round, replaced, "b cannot be connected to");
}

void command_replaced_socket(void)
{
	const char *how = line_text("how");
	struct replaced replaced = {.closes = how && !strcmp(how, "close"), .faults = -1, .decoy = -1};

	if (!bytes_take(&replaced.a, "a") || !bytes_take(&replaced.b, "b")) {
		free(replaced.a.address);
		return;
	}
	replaced.block = low_page();
	replaced.page = low_page();
	replaced.content = low_page();
	replaced.fd = (int)line_number("fd", -1);
	if (replaced.a.length > MAX_ADDRESS)
		replaced.a.length = MAX_ADDRESS;
	memcpy(replaced.content, replaced.a.address, replaced.a.length);
	replaced.block[0] = (uint32_t)replaced.fd;
	replaced.block[1] = (uint32_t)(uintptr_t)replaced.page;
	replaced.block[2] = (uint32_t)replaced.a.length;
	const char *missing = open_page(&replaced);
	if (!how || (!replaced.closes && strcmp(how, "dup2")) || replaced.fd < 0)
		fail("replaced-socket needs how=dup2 or how=close, and fd=N");
	else if (missing)
		fail("unsupported: %s", missing);
	else
		play(&replaced, (long)line_number("calls", 1000));
	close(replaced.fd);
	close(replaced.decoy);
	close(replaced.faults);
	munmap(replaced.block, (size_t)getpagesize());
	munmap(replaced.page, (size_t)getpagesize());
	munmap(replaced.content, (size_t)getpagesize());
	free(replaced.a.address);
	free(replaced.b.address);
}
