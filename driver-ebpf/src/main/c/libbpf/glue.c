// SPDX-License-Identifier: Apache-2.0
/*
 * These definitions let archives that distributions build for programs become part of a shared object, without needing
 * the newest C library.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define HIDDEN __attribute__((visibility("hidden")))

/*
 * This replaces elf_error.o of libelf, which addresses its variable as only a program's own can be addressed. It has no
 * texts: only the printer of libbpf asks for them, and the driver uses the result instead.
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

/*
 * The search tree of elf_getdata_rawchunk() stays empty, as libbpf does not call it. libelf.a of 0.192 lacks these
 * functions.
 */
HIDDEN void eu_search_tree_init(void *tree)
{
	(void)tree;
}

HIDDEN void eu_search_tree_fini(void *tree, void (*free_node)(void *))
{
	(void)tree;
	(void)free_node;
}

/*
 * Programs address stderr of the C library as their own variable. A shared object cannot, so --wrap=stderr redirects it
 * here.
 */
extern FILE *__real_stderr;
HIDDEN FILE *__wrap_stderr;

__attribute__((constructor)) static void copy_stderr(void)
{
	__wrap_stderr = __real_stderr;
}

/* glibc 2.38 has new names for functions that also parse binary numbers, which libbpf and libelf do not need. */
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
