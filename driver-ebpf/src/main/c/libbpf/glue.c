// SPDX-License-Identifier: Apache-2.0
/*
 * What lets archives that distributions build for programs become part of a shared object, which nobody needs the newest C
 * library for.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define HIDDEN __attribute__((visibility("hidden")))

/*
 * libelf's last error, in place of its elf_error.o, whose variable is addressed as only a program's own can be. It has
 * no texts: the one caller that asks for them is libbpf, for its printer, and the driver listens to the result instead.
 */
static __thread int last_error;

HIDDEN void __libelf_seterrno(int error)
{
	last_error = error;
}

HIDDEN int elf_errno(void)
{
	int error = last_error;

	last_error = 0;
	return error;
}

HIDDEN const char *elf_errmsg(int error)
{
	(void)error;
	return "libelf failed";
}

/* The tree of elf_getdata_rawchunk, which nobody calls here: it is never filled. libelf.a of 0.192 lacks its functions. */
HIDDEN void eu_search_tree_init(void *tree)
{
	(void)tree;
}

HIDDEN void eu_search_tree_fini(void *tree, void (*free_node)(void *))
{
	(void)tree;
	(void)free_node;
}

/* A variable of the C library, which programs address as if it were theirs: by --wrap=stderr. */
extern FILE *__real_stderr;
HIDDEN FILE *__wrap_stderr;

__attribute__((constructor)) static void copy_stderr(void)
{
	__wrap_stderr = __real_stderr;
}

/* New names, of glibc 2.38, for functions that also take binary numbers, which nobody writes here. */
HIDDEN long __isoc23_strtol(const char *text, char **end, int base)
{
	return strtol(text, end, base);
}

HIDDEN unsigned long __isoc23_strtoul(const char *text, char **end, int base)
{
	return strtoul(text, end, base);
}

HIDDEN unsigned long long __isoc23_strtoull(const char *text, char **end, int base)
{
	return strtoull(text, end, base);
}

HIDDEN int __isoc23_sscanf(const char *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int read = vsscanf(text, format, arguments);
	va_end(arguments);
	return read;
}

HIDDEN int __isoc23_fscanf(FILE *file, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int read = vfscanf(file, format, arguments);
	va_end(arguments);
	return read;
}
