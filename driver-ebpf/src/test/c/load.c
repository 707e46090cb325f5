// SPDX-License-Identifier: Apache-2.0
/*
 * Loads libraries as a JVM would, and has the bundled libbpf read the objects of programs, types and maps included, up
 * to what needs a kernel: load LIBUNRACED_BPF OBJECT... [-- LIBRARY SYMBOL]
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTION(library, type, name) ((type)must(dlsym(library, name), name))

static void *must(void *found, const char *what)
{
	if (!found) {
		fprintf(stderr, "%s: %s\n", what, dlerror());
		exit(1);
	}
	return found;
}

static void *contents(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	static char bytes[1 << 22];

	if (!file) {
		perror(path);
		exit(1);
	}
	*size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return bytes;
}

static void read_object(void *libbpf, const char *path)
{
	size_t size;
	void *bytes = contents(path, &size);
	void *(*open_mem)(void *, size_t, void *) =
		FUNCTION(libbpf, void *(*)(void *, size_t, void *), "bpf_object__open_mem");
	void *object = must(open_mem(bytes, size, NULL), path);
	void *(*next_program)(void *, void *) = FUNCTION(libbpf, void *(*)(void *, void *), "bpf_object__next_program");
	void *(*next_map)(void *, void *) = FUNCTION(libbpf, void *(*)(void *, void *), "bpf_object__next_map");
	int programs = 0, maps = 0;

	for (void *program = NULL; (program = next_program(object, program)); programs++)
		;
	for (void *map = NULL; (map = next_map(object, map)); maps++)
		;
	printf("%s: %d programs, %d maps\n", strrchr(path, '/') + 1, programs, maps);
	FUNCTION(libbpf, void (*)(void *), "bpf_object__close")(object);
	if (!programs || !maps)
		exit(1);
}

int main(int count, char **arguments)
{
	void *libbpf = must(dlopen(arguments[1], RTLD_NOW), arguments[1]);
	int at = 2;

	printf("libbpf %s\n", FUNCTION(libbpf, const char *(*)(void), "libbpf_version_string")());
	for (; at < count && strcmp(arguments[at], "--"); at++)
		read_object(libbpf, arguments[at]);
	if (at + 2 < count) {
		must(dlsym(must(dlopen(arguments[at + 1], RTLD_NOW), arguments[at + 1]), arguments[at + 2]),
		     arguments[at + 2]);
		printf("%s: %s\n", strrchr(arguments[at + 1], '/') + 1, arguments[at + 2]);
	}
	return 0;
}
