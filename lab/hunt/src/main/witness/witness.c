/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the witness, says "ready", and prints its records as lines. A line "flush" on standard input is answered by
 * "flushed MISSED" when every record up to then has been printed. It ends with its standard input.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "witness.h"

#define POLL_MILLIS 5
#define MINOR_BITS 20

extern const char object_begin[], object_end[];

__asm__(".section .rodata\n"
	".balign 8\n"
	".globl object_begin, object_end\n"
	"object_begin:\n"
	".incbin \"" OBJECT "\"\n"
	"object_end:\n"
	".previous\n");

/* Debian's libelf.a of 0.192 lacks these two functions; the tree of elf_getdata_rawchunk is never filled here. */
__attribute__((weak)) void eu_search_tree_init(void *tree)
{
	(void)tree;
}

__attribute__((weak)) void eu_search_tree_fini(void *tree, void (*free_node)(void *))
{
	(void)tree;
	(void)free_node;
}

static int print_record(void *context, void *data, size_t size)
{
	const struct witness_record *record = data;

	(void)context, (void)size;
	printf("w k=%u t=%u g=%u b=%llu ino=%llu dev=%u:%u ns=%u fd=%d cookie=%llu ud=%llu len=%d to=",
	       record->kind, record->tid, record->tgid, record->time, record->inode, record->device >> MINOR_BITS,
	       record->device & ((1u << MINOR_BITS) - 1), record->mount_ns, record->fd, record->cookie,
	       record->user_data, record->length);
	for (int i = 0; i < record->length && i < WITNESS_ADDRESS; i++)
		printf("%02x", record->address[i]);
	printf("\n");
	return 0;
}

static int hush(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, arguments) : 0;
}

/* Loads only the programs whose function this kernel has: do_filp_open or do_file_open, and the others. */
static bool load_what_is_there(struct bpf_object *object)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct bpf_program *program;

	if (!btf)
		return false;
	bpf_object__for_each_program(program, object) {
		const char *function = strchr(bpf_program__section_name(program), '/');
		bool there = function && btf__find_by_name_kind(btf, function + 1, BTF_KIND_FUNC) > 0;

		bpf_program__set_autoload(program, there);
	}
	btf__free(btf);
	return !bpf_object__load(object);
}

static bool attach_all(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		if (bpf_program__autoload(program) && !bpf_program__attach(program))
			return false;
	}
	return true;
}

static unsigned long long missed(struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
	unsigned long long count = 0;
	int key = 0;

	if (map)
		bpf_map_lookup_elem(bpf_map__fd(map), &key, &count);
	return count;
}

int main(void)
{
	struct bpf_object *object;
	struct ring_buffer *ring;
	char line[64];

	libbpf_set_print(hush);
	object = bpf_object__open_mem(object_begin, (size_t)(object_end - object_begin), NULL);
	if (!object || !load_what_is_there(object) || !attach_all(object)) {
		fprintf(stderr, "unraced-witness: fexit programs cannot be attached here\n");
		return 1;
	}
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "records"), print_record, NULL, NULL);
	if (!ring)
		return 1;
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct pollfd polled = { .fd = 0, .events = POLLIN };

		ring_buffer__consume(ring);
		if (poll(&polled, 1, POLL_MILLIS) <= 0)
			continue;
		ssize_t length = read(0, line, sizeof(line));

		if (length <= 0)
			return 0;
		ring_buffer__consume(ring);
		printf("flushed n=%llu\n", missed(object));
		fflush(stdout);
	}
}
