/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures ways to be told of a call's entry and return, with the programs of sessions.bpf.c:
 *   sessions OBJECT cost WAY CALLS
 *   sessions OBJECT storm WAY SECONDS
 *   sessions OBJECT blocked WAY CALLS
 * WAY is nothing, events (perf's events of all calls, as the driver takes them from 7.0 on), functions (fentry and
 * fexit), fsession (one program for both), or ksession (one at a kprobe session, which an ftrace handler runs).
 *
 * "storm" has 16 threads on each processor open, and says how many entries and returns were missed. "blocked" has so
 * many threads block in an open of a fifo at the same time.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define TARGET "/tmp/sessions.target"
#define FIFO "/tmp/sessions.fifo"
#define THREADS 16

struct runs {
	unsigned long entries, returns;
};

static volatile struct runs *runs;
static struct bpf_object *object;
static volatile bool over;

static void die(const char *what)
{
	fprintf(stderr, "sessions: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Returns the number of a way to attach in the running kernel, or -1. libbpf 1.5 does not know the newest. */
static int attach_type(const char *name)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	int id = kernel ? btf__find_by_name_kind(kernel, "bpf_attach_type", BTF_KIND_ENUM) : -1;
	const struct btf_type *type = id > 0 ? btf__type_by_id(kernel, id) : 0;

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_enum *each = btf_enum(type) + i;

		if (!strcmp(btf__name_by_offset(kernel, each->name_off), name))
			return each->val;
	}
	return -1;
}

static void attach(const char *way)
{
	struct bpf_program *each;
	int error;

	if (!strcmp(way, "nothing"))
		return;
	object = bpf_object__open(getenv("SESSIONS_OBJECT"));
	if (!object)
		die("the object");
	bpf_object__for_each_program(each, object) {
		const char *name = bpf_program__name(each);

		bpf_program__set_autoload(each, !strncmp(name, way, strlen(way)));
		if (!strcmp(name, "fsession_both") && !strcmp(way, "fsession")) {
			int type = attach_type("BPF_TRACE_FSESSION");

			if (type < 0) {
				printf("%s: this kernel has no such programs\n", way);
				exit(2);
			}
			bpf_program__set_expected_attach_type(each, type);
		}
	}
	error = bpf_object__load(object);
	if (error) {
		printf("%s: the kernel refuses the programs, errno %d\n", way, -error);
		exit(2);
	}
	runs = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_object__find_map_fd_by_name(object, "runs"), 0);
	if (runs == MAP_FAILED)
		die("runs");
	bpf_object__for_each_program(each, object) {
		if (bpf_program__autoload(each) && !bpf_program__attach(each)) {
			printf("%s: %s does not attach: %s\n", way, bpf_program__name(each), strerror(errno));
			exit(2);
		}
	}
}

static void get_parent(void)
{
	syscall(SYS_getppid);
}

static void open_and_close(void)
{
	close(syscall(SYS_openat, AT_FDCWD, TARGET, O_RDONLY, 0));
}

/* Returns the nanoseconds of a call, the least of ten rounds. In a guest that counts instructions, each is one. */
static double least(void (*call)(void), long calls)
{
	double best = 1e9;

	for (int round = 0; round < 10; round++) {
		double began = now(), took;

		for (long made = 0; made < calls; made++)
			call();
		took = (now() - began) * 1e9 / calls;
		best = took < best ? took : best;
	}
	return best;
}

static void report(const char *what, const char *way, unsigned long calls)
{
	unsigned long missed = 0;
	struct bpf_program *each;

	bpf_object__for_each_program(each, object) {
		struct bpf_prog_info info = {};
		__u32 size = sizeof(info);

		if (bpf_program__autoload(each) && !bpf_prog_get_info_by_fd(bpf_program__fd(each), &info, &size))
			missed += info.recursion_misses;
	}
	printf("%s %s: %lu calls, of entries and returns %ld missed, %lu by the programs' own count\n",
	       what, way, calls,
	       (long)(2 * calls - runs->entries - runs->returns), missed);
}

static void *open_often(void *count)
{
	while (!over) {
		open_and_close();
		++*(unsigned long *)count;
	}
	return 0;
}

static void storm(const char *way, int seconds)
{
	long all = THREADS * sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[all];
	unsigned long counts[all], calls = 0;

	runs->entries = runs->returns = 0;
	for (long i = 0; i < all; i++) {
		counts[i] = 0;
		pthread_create(&threads[i], 0, open_often, &counts[i]);
	}
	sleep(seconds);
	over = true;
	for (long i = 0; i < all; i++) {
		pthread_join(threads[i], 0);
		calls += counts[i];
	}
	report("storm", way, calls);
}

static void *open_fifo(void *unused)
{
	(void)unused;
	close(syscall(SYS_openat, AT_FDCWD, FIFO, O_RDONLY, 0));
	return 0;
}

static void blocked(const char *way, int calls)
{
	pthread_t threads[calls];
	int file;

	mkfifo(FIFO, 0600);
	runs->entries = runs->returns = 0;
	for (int i = 0; i < calls; i++)
		pthread_create(&threads[i], 0, open_fifo, 0);
	sleep(3);
	file = syscall(SYS_open, FIFO, O_WRONLY, 0);
	for (int i = 0; i < calls; i++)
		pthread_join(threads[i], 0);
	close(file);
	report("blocked", way, calls);
}

int main(int count, char **arguments)
{
	int file = open(TARGET, O_WRONLY | O_CREAT, 0600);

	if (count < 5 || file < 0)
		return 2;
	close(file);
	setenv("SESSIONS_OBJECT", arguments[1], 1);
	attach(arguments[3]);
	if (!strcmp(arguments[2], "cost")) {
		double unwatched = least(get_parent, atol(arguments[4]));

		printf("cost %s: getppid %.0f ns, openat and close %.0f ns\n", arguments[3], unwatched,
		       least(open_and_close, atol(arguments[4])));
	} else if (!strcmp(arguments[2], "storm")) {
		storm(arguments[3], atoi(arguments[4]));
	} else {
		blocked(arguments[3], atoi(arguments[4]));
	}
	return 0;
}
