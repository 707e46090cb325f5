/* SPDX-License-Identifier: Apache-2.0 */
/* Pointer arguments: ordinary ones, absent ones, and those that a tracer finds hard to read. */
#include "actor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUFFERS 64
#define BUFFER_SIZE 8192
#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif

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

/* An address that faults, for as long as it is mapped so. */
static bool make_bad(struct pointer *pointer)
{
	pointer->mapped = page();
	pointer->mapping = map_low(pointer->mapped);
	mprotect(pointer->mapping, pointer->mapped, PROT_NONE);
	pointer->address = pointer->mapping;
	return pointer->mapping != MAP_FAILED;
}

/* Bytes that end where readable memory ends. */
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

/*
 * Bytes in pages of a file that this process has never touched. The kernel's copy faults them in; a tracer that must
 * not fault cannot read them. With resident > 0, that many first bytes lie in a page that is there.
 */
static bool make_cold(struct pointer *pointer, const unsigned char *bytes, size_t length, size_t resident)
{
	size_t start = resident ? page() - resident : 0;
	int file = memfd_create("cold", MFD_CLOEXEC);

	pointer->mapped = pages(start + length + 1);
	bool made = file >= 0 && !ftruncate(file, (off_t)pointer->mapped) &&
		    pwrite(file, bytes, length, (off_t)start) == (ssize_t)length;
	pointer->mapping = made ? mmap(NULL, pointer->mapped, PROT_READ, MAP_PRIVATE | MAP_32BIT, file, 0) : MAP_FAILED;
	close(file);
	if (pointer->mapping == MAP_FAILED)
		return false;
	/* Without this, touching the first page would map its neighbours too. */
	madvise(pointer->mapping, pointer->mapped, MADV_RANDOM);
	pointer->address = (char *)pointer->mapping + start;
	return !resident || *(volatile char *)pointer->address == (char)bytes[0];
}

static bool make_plain(struct pointer *pointer, const unsigned char *bytes, size_t length)
{
	pointer->mapped = pages(length + 1);
	pointer->mapping = map_low(pointer->mapped);
	if (pointer->mapping == MAP_FAILED)
		return false;
	pointer->address = pointer->mapping;
	memcpy(pointer->address, bytes, length);
	return true;
}

bool pointer_make(struct pointer *pointer, const char *text)
{
	memset(pointer, 0, sizeof(*pointer));
	if (!text || !strcmp(text, "null"))
		return true;
	if (!strcmp(text, "bad"))
		return make_bad(pointer);
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

/* Writes a buffer and leaves a NUL behind the bytes; an address is as long as the bytes. */
static void fill(int id, const unsigned char *bytes, size_t length)
{
	memcpy(buffers[id], bytes, length);
	buffers[id][length] = 0;
	buffer_lengths[id] = length;
}

void command_buffer(void)
{
	long long id = line_number("id", -1);
	size_t length = 0;
	unsigned char *bytes = line_bytes("bytes", &length);

	if (id < 0 || id >= BUFFERS || !bytes || length >= BUFFER_SIZE) {
		fail("a buffer needs id=0..%d and bytes=HEX shorter than %d", BUFFERS - 1, BUFFER_SIZE);
	} else {
		if (!buffers[id])
			buffers[id] = map_low(BUFFER_SIZE);
		fill((int)id, bytes, length);
		reply_begin();
		reply_end();
	}
	free(bytes);
}

