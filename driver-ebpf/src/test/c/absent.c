/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries what it takes to have absent pages faulted in before a call's path is read, with the programs of absent.bpf.c:
 *   absent OBJECT cold WAY CALLS [FILE]
 *   absent OBJECT cost WAY CALLS
 *   absent OBJECT stall WAY uffd|fuse [hotplug]
 *   absent calls CALLS
 * WAY is nothing (no program), none (a snapshot alone), touch (and a sleepable program at sys_enter) or function (and
 * one at the kernel's function).
 *
 * "cold" opens a path whose page is unmapped before each call, and evicted from memory where FILE is given. "stall" has
 * one thread on each processor open a path whose page never comes, and measures what happens to everybody else.
 * "calls" opens as "cold" does, under whatever watches already.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fuse.h>
#include <linux/membarrier.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define MARK -4242
#define TARGET "/tmp/absent.target"
#define PAGES "/tmp/absent.page"
#define MOST_CPUS 16
#define OTHERS 4
#define OTHER_CALLS 10000
#define PATIENCE 5
#define EVENTS "/sys/kernel/tracing/events/sched/"

struct results {
	unsigned long entered, absent, touched, unreadable;
	long mark;
};

static volatile struct results *results;
static struct bpf_object *object;
static const char *path_of_object;
static struct bpf_program *touches, *snapshots;
static struct bpf_link *touching, *snapshotting;
static int cpus;

static void die(const char *what)
{
	fprintf(stderr, "absent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
	close(file);
}

static struct bpf_program *program(const char *name)
{
	struct bpf_program *found = bpf_object__find_program_by_name(object, name);

	if (!found)
		die(name);
	return found;
}

static void attach(const char *way)
{
	struct bpf_program *each;
	bool touch = !strcmp(way, "touch") || !strcmp(way, "function");
	const char *toucher = !strcmp(way, "function") ? "touch_function" : "touch_tracepoint";
	int error;

	if (!strcmp(way, "nothing"))
		return;
	object = bpf_object__open(path_of_object);
	if (!object)
		die(path_of_object);
	bpf_object__for_each_program(each, object) {
		const char *name = bpf_program__name(each);

		if (strstr(name, "touch"))
			bpf_program__set_flags(each, BPF_F_SLEEPABLE);
		bpf_program__set_autoload(each, !strstr(name, "touch") || (touch && !strcmp(name, toucher)));
	}
	error = bpf_object__load(object);
	if (error) {
		printf("%s: the kernel refuses the programs, errno %d\n", way, -error);
		exit(2);
	}
	results = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		       bpf_object__find_map_fd_by_name(object, "results"), 0);
	if (results == MAP_FAILED)
		die("results");
	results->mark = MARK;
	if (touch) {
		touches = program(toucher);
		touching = bpf_program__attach(touches);
		if (!touching)
			die("attaching the touch");
	}
	snapshots = program("snapshot_all");
	snapshotting = bpf_program__attach(snapshots);
	if (!snapshotting)
		die("attaching the snapshot");
}

static unsigned long misses(struct bpf_program *of)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (!of || bpf_prog_get_info_by_fd(bpf_program__fd(of), &info, &size))
		return 0;
	return info.recursion_misses;
}

static void *map_page(const char *path)
{
	int file = open(path, O_RDONLY);
	void *page = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, file, 0);

	if (file < 0 || page == MAP_FAILED)
		die(path);
	close(file);
	return page;
}

static void open_marked(const char *path)
{
	int file = syscall(SYS_openat, MARK, path, O_RDONLY, 0);

	if (file < 0)
		die("open");
	close(file);
}

static void open_cold(long calls, const char *evicted)
{
	char *page;
	int file = -1;

	if (evicted) {
		write_file(evicted, TARGET);
		file = open(evicted, O_RDONLY);
		fsync(file);
	}
	page = map_page(evicted ? evicted : PAGES);
	for (long call = 0; call < calls; call++) {
		if (madvise(page, PAGE, MADV_DONTNEED))
			die("madvise");
		if (evicted && posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED))
			die("fadvise");
		open_marked(page);
	}
}

static void cold(const char *way, long calls, const char *evicted)
{
	double began = now();

	open_cold(calls, evicted);
	printf("cold %s%s: of %lu snapshots, %lu had an absent page; %lu touches, %lu unreadable; missed: touch %lu, "
	       "snapshot %lu; %.1f s\n",
	       way, evicted ? " evicted" : "", results->entered, results->absent, results->touched,
	       results->unreadable, misses(touches), misses(snapshots), now() - began);
}

static void get_parent(void)
{
	syscall(SYS_getppid);
}

static void open_and_close(void)
{
	close(syscall(SYS_openat, MARK, TARGET, O_RDONLY, 0));
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

static void cost(const char *way, long calls)
{
	double unwatched = least(get_parent, calls);

	printf("cost %s: getppid %.0f ns, openat and close %.0f ns\n", way, unwatched, least(open_and_close, calls));
}

/* The process that stalls. */
static char *pages[MOST_CPUS];

static void *open_page(void *at)
{
	long cpu = (long)at;
	cpu_set_t set;
	int file;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	file = syscall(SYS_openat, MARK, pages[cpu], O_RDONLY, 0);
	printf("the stalled thread of processor %ld: %s\n", cpu, file < 0 ? strerror(errno) : "opened");
	fflush(stdout);
	return 0;
}

static int stall_by_uffd(void)
{
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = {.api = UFFD_API};
	char *area = mmap(0, cpus * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register range = {
		.range = {.start = (unsigned long)area, .len = cpus * PAGE},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &range))
		die("userfaultfd");
	for (int cpu = 0; cpu < cpus; cpu++)
		pages[cpu] = area + cpu * PAGE;
	return uffd;
}

static void fill_pages(int uffd)
{
	static char page[PAGE] = TARGET;

	for (int cpu = 0; cpu < cpus; cpu++) {
		struct uffdio_copy copy = {
			.dst = (unsigned long)pages[cpu], .src = (unsigned long)page, .len = PAGE
		};

		if (ioctl(uffd, UFFDIO_COPY, &copy))
			die("UFFDIO_COPY");
	}
}

/* A file system of one file, whose bytes never come. */
static void serve(int device)
{
	static char request[1 << 17];
	struct fuse_in_header *in = (void *)request;

	while (read(device, request, sizeof(request)) > 0) {
		struct {
			struct fuse_out_header head;
			union {
				struct fuse_init_out init;
				struct fuse_entry_out entry;
				struct fuse_attr_out attr;
				struct fuse_open_out open;
			};
		} out = {.head = {.unique = in->unique}};
		size_t size = 0;
		struct fuse_attr file = {.ino = 2, .size = MOST_CPUS * PAGE, .mode = S_IFREG | 0644, .nlink = 1};
		struct fuse_attr root = {.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2};

		switch (in->opcode) {
		case FUSE_INIT:
			out.init = (struct fuse_init_out){.major = 7, .minor = 31, .max_write = PAGE};
			size = sizeof(out.init);
			break;
		case FUSE_LOOKUP:
			out.entry = (struct fuse_entry_out){
				.nodeid = 2, .entry_valid = 60, .attr_valid = 60, .attr = file
			};
			size = sizeof(out.entry);
			break;
		case FUSE_GETATTR:
			out.attr = (struct fuse_attr_out){.attr_valid = 60, .attr = in->nodeid == 1 ? root : file};
			size = sizeof(out.attr);
			break;
		case FUSE_OPEN:
			size = sizeof(out.open);
			break;
		case FUSE_READ:
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
		case FUSE_INTERRUPT:
			continue;
		default:
			out.head.error = -ENOSYS;
		}
		out.head.len = sizeof(out.head) + size;
		if (write(device, &out, out.head.len) < 0)
			break;
	}
}

/*
 * Any user can do this, in a user namespace. The device is open to all, as udev has it. Returns the process that is the
 * file system.
 */
static pid_t stall_by_fuse(void)
{
	char directory[] = "/tmp/absent.XXXXXX", options[128], file[64], *area;
	int opened, device;
	pid_t server;

	if (chmod("/dev/fuse", 0666))
		die("/dev/fuse");
	if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000) || prctl(PR_SET_DUMPABLE, 1) ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNS))
		die("user namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
	if (!mkdtemp(directory))
		die(directory);
	device = open("/dev/fuse", O_RDWR);
	if (device < 0)
		die("/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
	if (mount("absent", directory, "fuse", 0, options))
		die("mount");
	server = fork();
	if (!server) {
		serve(device);
		_exit(0);
	}
	close(device);
	snprintf(file, sizeof(file), "%s/file", directory);
	opened = open(file, O_RDONLY);
	area = mmap(0, MOST_CPUS * PAGE, PROT_READ, MAP_PRIVATE, opened, 0);
	if (opened < 0 || area == MAP_FAILED)
		die(file);
	for (int cpu = 0; cpu < cpus; cpu++)
		pages[cpu] = area + cpu * PAGE;
	return server;
}

static void stall(const char *kind, int ready, int release)
{
	pthread_t threads[MOST_CPUS];
	bool by_uffd = !strcmp(kind, "uffd");
	pid_t server = 0;
	int uffd = -1;
	char byte;

	/* This process shall not hold the capture's descriptors. */
	for (int file = 3; file < 64; file++)
		if (file != ready && file != release)
			close(file);
	if (by_uffd)
		uffd = stall_by_uffd();
	else
		server = stall_by_fuse();
	for (long cpu = 0; cpu < cpus; cpu++)
		pthread_create(&threads[cpu], 0, open_page, (void *)cpu);
	sleep(1);
	if (write(ready, &server, sizeof(server)) < 0 || read(release, &byte, 1) != 1)
		die("pipe");
	if (by_uffd)
		fill_pages(uffd);
	for (int cpu = 0; cpu < cpus; cpu++)
		pthread_join(threads[cpu], 0);
	_exit(0);
}

static void print_stack(const char *of, pid_t process, pid_t thread)
{
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", process, thread);
	file = fopen(path, "r");
	printf("%s:", of);
	for (int lines = 0; file && lines < 9 && fgets(line, sizeof(line), file); lines++) {
		char name[100] = "";

		sscanf(line, "[<0>] %99[^+]", name);
		printf(" %s", name);
	}
	printf("\n");
	if (file)
		fclose(file);
}

/* Everybody else. */
static void *call_others(void *present)
{
	char *page = map_page(PAGES);

	for (int call = 0; call < OTHER_CALLS; call++) {
		if (!present && madvise(page, PAGE, MADV_DONTNEED))
			die("madvise");
		open_marked(present ? TARGET : page);
	}
	return 0;
}

static void others(const char *what, bool present)
{
	struct results before = *results;
	unsigned long touch = misses(touches), snapshot = misses(snapshots);
	pthread_t threads[OTHERS];

	for (int thread = 0; thread < OTHERS; thread++)
		pthread_create(&threads[thread], 0, call_others, present ? "" : 0);
	for (int thread = 0; thread < OTHERS; thread++)
		pthread_join(threads[thread], 0);
	printf("%s: %d calls of %d threads, %lu snapshots, of them %lu absent; missed: touch %lu, snapshot %lu\n", what,
	       OTHERS * OTHER_CALLS, OTHERS, results->entered - before.entered, results->absent - before.absent,
	       misses(touches) - touch, misses(snapshots) - snapshot);
}

static int open_tracepoint(const char *id_file)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr)};
	FILE *id = fopen(id_file, "r");
	int file;

	if (!id || fscanf(id, "%llu", &attr.config) != 1)
		die(id_file);
	fclose(id);
	file = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (file < 0)
		die("perf_event_open");
	return file;
}

static void close_perf_event(void)
{
	close(open_tracepoint(EVENTS "sched_waking/id"));
}

static void switch_trace_event(void)
{
	write_file(EVENTS "sched_switch/enable", "1");
	write_file(EVENTS "sched_switch/enable", "0");
}

static void detach_raw(void)
{
	bpf_link__destroy(bpf_program__attach(program("idle_raw")));
}

static void detach_function(void)
{
	bpf_link__destroy(bpf_program__attach(program("idle_function")));
}

static void kill_tracer(void)
{
	pid_t child = fork();

	if (!child) {
		open_tracepoint(EVENTS "sched_migrate_task/id");
		pause();
	}
	usleep(200000);
	kill(child, SIGKILL);
	waitpid(child, 0, 0);
}

static void pass_barrier(void)
{
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

static void end_capture(void)
{
	bpf_link__destroy(snapshotting);
	bpf_link__destroy(touching);
}

static void open_perf_event(void)
{
	open_tracepoint(EVENTS "sched_wakeup/id");
}

static void begin_capture(void)
{
	open_tracepoint(EVENTS "sched_wakeup_new/id");
}

static void unplug(void)
{
	write_file("/sys/devices/system/cpu/cpu1/online", "0");
	write_file("/sys/devices/system/cpu/cpu1/online", "1");
}

static const struct {
	const char *name;
	void (*run)(void);
} deeds[] = {
	{"another program at a raw tracepoint detaches", detach_raw},
	{"another program at a function detaches", detach_function},
	{"membarrier(2)", pass_barrier},
	{"a perf event of a tracepoint opens", open_perf_event},
	{"the capture ends", end_capture},
	{"then another perf event of a tracepoint opens", begin_capture},
	{"and another closes", close_perf_event},
	{"a trace event goes on and off", switch_trace_event},
	{"another tracer is killed", kill_tracer},
	{"a processor is unplugged", unplug},
};

#define DEEDS (int)(sizeof(deeds) / sizeof(*deeds))
static volatile struct {
	pid_t id;
	double ended;
} states[DEEDS];

static void *do_deed(void *argument)
{
	long at = (long)argument;

	states[at].id = gettid();
	deeds[at].run();
	states[at].ended = now();
	return 0;
}

static void try_deeds(int count)
{
	for (long at = 0; at < count; at++) {
		double began = now();
		pthread_t thread;

		pthread_create(&thread, 0, do_deed, (void *)at);
		while (!states[at].ended && now() - began < PATIENCE)
			usleep(1000);
		if (states[at].ended) {
			printf("%s: %.0f ms\n", deeds[at].name, (states[at].ended - began) * 1000);
		} else {
			printf("%s: NOT DONE after %d s\n", deeds[at].name, PATIENCE);
			print_stack("  it waits in", getpid(), states[at].id);
		}
		fflush(stdout);
	}
}

static void await_deeds(int count, double released)
{
	for (int at = 0; at < count; at++) {
		while (!states[at].ended && now() - released < 4 * PATIENCE)
			usleep(1000);
		if (!states[at].ended)
			printf("%s: NOT DONE %d s after the release\n", deeds[at].name, 4 * PATIENCE);
		else if (states[at].ended > released)
			printf("%s: %.0f ms after the release\n", deeds[at].name, (states[at].ended - released) * 1000);
	}
}

static void stalled(const char *way, const char *kind, bool hotplug)
{
	int count = DEEDS - !hotplug, ready[2], release[2], status;
	bool by_uffd = !strcmp(kind, "uffd");
	double killed, released;
	pid_t child, server;

	printf("== stall %s %s: one thread on each of %d processors\n", way, kind, cpus);
	others("before, pages present", true);
	others("before, pages absent", false);
	if (pipe(ready) || pipe(release))
		die("pipe");
	fflush(stdout);
	child = fork();
	if (!child)
		stall(kind, ready[1], release[0]);
	close(ready[1]);
	if (read(ready[0], &server, sizeof(server)) != sizeof(server))
		die("ready");
	/* Threads have the ids that follow the process's own. */
	for (int thread = 1; thread <= cpus + !by_uffd; thread++)
		print_stack("  a thread of the stalling process waits in", child, child + thread);
	others("meanwhile, pages present", true);
	others("meanwhile, pages absent", false);
	try_deeds(count);
	killed = now();
	if (!by_uffd) {
		kill(child, SIGKILL);
		while (!waitpid(child, &status, WNOHANG) && now() - killed < PATIENCE)
			usleep(1000);
		printf("the stalling process, killed, %s after %.0f ms\n", kill(child, 0) ? "ended" : "is NOT ENDED",
		       (now() - killed) * 1000);
	}
	released = now();
	if (by_uffd ? write(release[1], "", 1) != 1 : kill(server, SIGKILL))
		die("release");
	waitpid(child, &status, 0);
	printf("released by %s; the stalling process has ended\n",
	       by_uffd ? "its pages" : "the end of its file system");
	await_deeds(count, released);
	printf("in all: %lu snapshots, %lu absent, %lu touches, %lu unreadable\n", results->entered, results->absent,
	       results->touched, results->unreadable);
}

int main(int count, char **arguments)
{
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (cpus > MOST_CPUS)
		cpus = MOST_CPUS;
	write_file(TARGET, "");
	write_file(PAGES, TARGET);
	if (count == 3 && !strcmp(arguments[1], "calls")) {
		open_cold(atol(arguments[2]), 0);
		return 0;
	}
	if (count < 5) {
		fprintf(stderr, "the comment at the top of absent.c says how\n");
		return 1;
	}
	path_of_object = arguments[1];
	libbpf_set_print(0);
	attach(arguments[3]);
	if (!strcmp(arguments[2], "cold"))
		cold(arguments[3], atol(arguments[4]), arguments[5]);
	else if (!strcmp(arguments[2], "cost"))
		cost(arguments[3], atol(arguments[4]));
	else
		stalled(arguments[3], arguments[4], count > 5);
	fflush(stdout);
	/* An end that waits for a stalled touch shall not keep this process from ending. */
	_exit(0);
}
