/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for pointer arguments: ordinary, absent, and hard for a tracer to read. */
#include "actor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUFFERS 64
#define BUFFER_SIZE 8192
#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif

/* The descriptor of /proc/self/pagemap. A later open would be one that no command asked for. */
static int pagemap;
static char *buffers[BUFFERS];
static size_t buffer_lengths[BUFFERS];

static size_t page(void)
{
	return (size_t)getpagesize();
}

void *map_low(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
}

static size_t pages(size_t bytes)
{
	return (bytes + page() - 1) / page() * page();
}

/* Maps a page that nobody may read. */
static bool make_bad(struct pointer *pointer)
{
	pointer->mapped = page();
	pointer->mapping = map_low(pointer->mapped);
	mprotect(pointer->mapping, pointer->mapped, PROT_NONE);
	pointer->address = pointer->mapping;
	return pointer->mapping != MAP_FAILED;
}

/* Places bytes so that they end where readable memory ends. */
static bool make_edge(struct pointer *pointer, const unsigned char *bytes, size_t length)
{
	size_t room = pages(length ? length : 1);

	pointer->mapped = room + page();
	pointer->mapping = map_low(pointer->mapped);
	if (pointer->mapping == MAP_FAILED)
		return false;
	pointer->address = (char *)pointer->mapping + room - length;
	memcpy(pointer->address, bytes, length);
	return !mprotect((char *)pointer->mapping + room, page(), PROT_NONE);
}

/* Maps pages of a new file, which this process has not touched, over those at an address. */
static bool map_absent(void *start, size_t size, const unsigned char *bytes, size_t length, int protection)
{
	int file = memfd_create("cold", MFD_CLOEXEC);
	bool made = file >= 0 && !ftruncate(file, (off_t)size) && pwrite(file, bytes, length, 0) == (ssize_t)length &&
		    mmap(start, size, protection, MAP_PRIVATE | MAP_FIXED, file, 0) == start;

	close(file);
	return made;
}

/*
 * Places bytes in pages of a file that this process has never touched. The kernel's copy faults them in; a tracer that
 * must not fault cannot read them. With resident > 0, that many first bytes lie in a page that is in memory. That page
 * is of another mapping, since touching a page maps its neighbours of the same mapping.
 */
static bool make_cold(struct pointer *pointer, const unsigned char *bytes, size_t length, size_t resident)
{
	size_t warm = resident ? page() : 0, cold = pages(length - resident + 1);

	pointer->mapped = warm + cold;
	pointer->mapping = map_low(pointer->mapped);
	if (pointer->mapping == MAP_FAILED)
		return false;
	char *start = (char *)pointer->mapping + warm;
	if (!map_absent(start, cold, bytes + resident, length - resident, PROT_READ))
		return false;
	pointer->address = start - resident;
	memcpy(pointer->address, bytes, resident);
	return true;
}

static bool make_plain(struct pointer *pointer, const unsigned char *bytes, size_t length)
{
	pointer->mapped = pages(length + 1);
	pointer->mapping = map_low(pointer->mapped);
	if (pointer->mapping == MAP_FAILED)
		return false;
	pointer->address = pointer->mapping;
	/* The copy includes the NUL: a page that nobody has written is not in memory, though it reads as zeros. */
	memcpy(pointer->address, bytes, length + 1);
	return true;
}

bool pointer_make(struct pointer *pointer, const char *text)
{
	memset(pointer, 0, sizeof(*pointer));
	if (!text || !strcmp(text, "null"))
		return true;
	if (!strcmp(text, "bad"))
		return make_bad(pointer);
	if (!strcmp(text, "high")) {
		pointer->address = (void *)~(uintptr_t)0xffff;
		return true;
	}
	if (!strncmp(text, "buf:", 4)) {
		int id = atoi(text + 4);
		if (id < 0 || id >= BUFFERS || !buffers[id]) {
			fail("no buffer %d", id);
			return false;
		}
		pointer->address = buffers[id];
		pointer->length = buffer_lengths[id];
		return true;
	}
	const char *colon = strchr(text, ':');
	unsigned char *bytes = colon ? hex_decode(colon + 1, &pointer->length) : NULL;
	bool made = false;
	if (bytes && !strncmp(text, "hex:", 4))
		made = make_plain(pointer, bytes, pointer->length);
	else if (bytes && !strncmp(text, "edge:", 5))
		made = make_edge(pointer, bytes, pointer->length);
	else if (bytes && !strncmp(text, "edgez:", 6))
		made = make_edge(pointer, bytes, pointer->length + 1);
	else if (bytes && !strncmp(text, "cold:", 5))
		made = make_cold(pointer, bytes, pointer->length, 0);
	else if (bytes && !strncmp(text, "split:", 6) && pointer->length > 1)
		made = make_cold(pointer, bytes, pointer->length, pointer->length / 2);
	free(bytes);
	if (!made)
		fail("no memory is described by '%.40s'", text);
	return made;
}

void pointer_free(struct pointer *pointer)
{
	if (pointer->mapping && pointer->mapping != MAP_FAILED)
		munmap(pointer->mapping, pointer->mapped);
	pointer->mapping = NULL;
}

/*
 * Sets a buffer, with a NUL behind the bytes; an address has the length of the bytes. A cold buffer
 * gets pages that this process never touched.
 */
static bool set_buffer(int id, const unsigned char *bytes, size_t length, bool cold)
{
	if (!buffers[id])
		buffers[id] = map_low(BUFFER_SIZE);
	buffer_lengths[id] = length;
	if (cold)
		return map_absent(buffers[id], BUFFER_SIZE, bytes, length, PROT_READ | PROT_WRITE);
	memcpy(buffers[id], bytes, length);
	buffers[id][length] = 0;
	return true;
}

void command_buffer(void)
{
	long long id = line_number("id", -1);
	size_t length = 0;
	unsigned char *bytes = line_bytes("bytes", &length);

	if (id < 0 || id >= BUFFERS || !bytes || length >= BUFFER_SIZE) {
		fail("a buffer needs id=0..%d and bytes=HEX shorter than %d", BUFFERS - 1, BUFFER_SIZE);
	} else if (!set_buffer((int)id, bytes, length, line_number("cold", 0))) {
		fail("no memory for buffer %lld", id);
	} else {
		reply_begin();
		reply_end();
	}
	free(bytes);
}

void memory_open(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);

	pagemap = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
	close(fd);
}

/* Returns 1 when a read would succeed without a fault (bit 63 of the page's entry), 0 when not, -1 when unknown. */
static int resident(const void *address)
{
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (off_t)((uintptr_t)address / page() * sizeof(entry))) < 0)
		return -1;
	return (int)(entry >> 63);
}

/* Replies whether the first and the last byte that a pointer points to are in memory. */
void command_resident(void)
{
	struct pointer pointer;

	if (!pointer_make(&pointer, line_text("pointer")))
		return;
	size_t last = pointer.length ? pointer.length - 1 : 0;
	reply_begin();
	reply("first=%d last=%d", resident(pointer.address), resident((char *)pointer.address + last));
	reply_end();
	pointer_free(&pointer);
}
