/* SPDX-License-Identifier: Apache-2.0 */
/* What the actor's parts share. PROTOCOL.md describes the commands. */
#ifndef UNRACED_ACTOR_H
#define UNRACED_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Longest command line; a path of 64 KiB in hexadecimal fits. */
#define LINE_SIZE (1 << 18)
#define HANDLES 4096
/* The actor's own descriptors are here and above, out of the way of those that calls return. */
#define FIRST_OWN_FD 200
#define MAX_ADDRESS 128

/* --- line.c: the current command and its reply --- */

/* Splits a command line in place. */
void line_parse(char *line);
const char *line_verb(void);
/* The text of a key, or NULL. */
const char *line_text(const char *key);
/* The number of a key, decimal or 0x, signed or not; the default when it is missing. */
long long line_number(const char *key, long long missing);
/* The bytes of a hexadecimal key in fresh memory with a NUL behind them; NULL when it is missing or not hexadecimal. */
unsigned char *line_bytes(const char *key, size_t *length);
/* The bytes that a key has, with a NUL behind them; false with a reply sent when it has none. */
struct bytes {
	unsigned char *address;
	size_t length;
};
bool bytes_take(struct bytes *bytes, const char *key);
unsigned char *hex_decode(const char *hex, size_t *length);
void reply_begin(void);
void reply(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What belongs to the last word. */
void reply_more(const char *format, ...) __attribute__((format(printf, 1, 2)));
void reply_hex(const char *key, const void *bytes, size_t length);
/* Texts in hexadecimal digits, by commas. */
void reply_texts(const char *key, const char *const *texts, int count);
void reply_end(void);
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Moves the conversation away from the descriptors 0 to 2, and reads a line; false at its end. */
void line_open(void);
bool line_read(char *buffer, size_t size);

/* --- handles.c: descriptors by number of the caller's choice --- */

void handle_put(long long id, int fd);
/* The descriptor that "h:ID" or a plain number names. */
int handle_get(const char *text, int missing);
void handle_close(long long id);

/* --- memory.c: memory that a pointer argument can point to --- */

struct pointer {
	void *address;
	void *mapping;
	size_t mapped;
	size_t length;
};

/* Makes the memory that a pointer's text describes; false with a reply sent when it makes no sense. */
bool pointer_make(struct pointer *pointer, const char *text);
void pointer_free(struct pointer *pointer);
/* Memory below 2 GiB, so that 32-bit calls reach it too. */
void *map_low(size_t size);
void memory_open(void);
void command_buffer(void);
void command_resident(void);

/* --- watched.c: the five calls, counted --- */

/* A wide call is a native one with other bits above the 32 that the kernel takes for the number. */
enum abi { ABI_NATIVE, ABI_IA32, ABI_X32, ABI_WIDE };

/* Kept in memory that children share. */
struct books {
	long long begun;
	long long ended;
};

void books_open(void);
struct books *books(void);
pid_t own_tid(void);
long long now(void);

long watched_open(enum abi abi, const void *path, long flags, long mode);
long watched_creat(enum abi abi, const void *path, long mode);
long watched_openat(enum abi abi, long dirfd, const void *path, long flags, long mode);
long watched_openat2(enum abi abi, long dirfd, const void *path, const void *how, size_t size);
long watched_connect(enum abi abi, long fd, const void *address, long length);
/* A 32-bit connect whose arguments lie in memory. */
long watched_socketcall(long fd, const void *address, long length);
/* The same with a block of the caller's own. */
long watched_socketcall_block(const void *block);
/* Whether the calls of an ABI get through to the kernel. */
bool abi_works(enum abi abi);

/* --- call.c and job.c: one call, on this thread or on one of its own --- */

enum which { OPEN, OPENAT, OPENAT2, CREAT, CONNECT };

struct call {
	enum which which;
	enum abi abi;
	struct pointer path; /* of an open, or the address of a connect */
	struct pointer how;
	long fd; /* dirfd, or the socket */
	long flags;
	long mode;
	size_t how_size;
	long addrlen;
	long long keep;
	bool keeps;
	bool takes_zero;
	bool uring;
	bool worker; /* of a request: a thread of the kernel's carries it out */
	bool silent; /* of a request: no completion when it succeeds */
	bool polled; /* of a request: a thread of the kernel's finds it */
	bool overflow; /* of a request: its completion finds the ring full */
	bool linked; /* of a request: behind one that fails */
	bool skipped; /* of a request behind one that fails: without a completion */
	long others; /* of a request: so many like it share its user_data */
	bool hushed; /* of those: one more, before them, that asks for no completion */
	bool cancelled; /* of a request: by another request, while it blocks */
	bool forges; /* of a request: completions of others look like its own */
	long forged; /* the result that they have */
	bool drained; /* of these: the ring has room again when the request itself ends */
	bool echoed; /* of a request: another completion looks like its own, and comes when it has ended */
	bool socketcall;
	/* the outcome */
	pid_t tid;
	long result;
	long long begun, ended;
	bool has_file;
	unsigned device_major, device_minor;
	unsigned long long inode;
	ssize_t real_length;
	char real[4096];
	bool has_socket;
	unsigned char local[MAX_ADDRESS], peer[MAX_ADDRESS];
	int local_length, peer_length;
};

bool call_parse(struct call *call);
void call_make(struct call *call);
/* The call alone, without the truth about it; its raw result. */
long call_perform(const struct call *call);
void call_reply(const struct call *call);
void call_free(struct call *call);
/* Whether this kernel lets us make a call through an io_uring of its kind. */
bool uring_works(const struct call *call);
long uring_call(const struct call *call);
void command_call(void);
void command_start(void);
void command_wait(void);
void command_signal(void);
void command_move(void);
void command_blocked(void);

/* --- world.c: what the calls act on, made without watched calls --- */

/* Runs a command that prepares or asks something; false when it is none. */
bool world_command(const char *verb);

/* --- places.c --- */

void command_tree(void);
void command_elsewhere(void);
void command_trapped(void);
void command_memfd(void);
void command_mount(void);
bool mounts_apart(void);

/* --- traced.c, fuse.c --- */

void command_traced(void);
void command_fuse(void);

/* --- crowd.c, queue.c, flip.c, race.c, identity.c --- */

void command_bulk(void);
void command_storm(void);
void command_queue(void);
void command_flip(void);
void command_flip_connect(void);
void command_race(void);
void command_reuse(void);
void command_exec(void);
void command_vfork(void);
void command_left(void);
/* --- batch.c, network.c, shared.c, socketcall.c, scope.c, refused.c, forged.c, moved.c, swap.c, late.c, mounts.c, reset.c --- */

void command_uring_batch(void);
void command_network(void);
void command_device(void);
void command_shared_socket(void);
void command_socketcall(void);
void command_scope(void);
void command_never_ran(void);
void command_forged_sigsys(void);
void command_torn_path(void);
void command_moved(void);
void command_fd_swap(void);
void command_late_namespace(void);
void command_mount_storm(void);
void command_reset(void);

/* The second life of a program that "exec" replaced. */
int after_exec(char **arguments);
/* A child that dies with its parent. */
pid_t fork_child(void);
/* Waits for a child for some seconds, then kills it; its wait status. */
int reap(pid_t child, int seconds);
void pause_micros(long micros);
/* A child with so many threads, at most CROWD_THREADS, all blocked in an open of a fifo. */
#define CROWD_THREADS 512
pid_t crowd_start(const char *fifo, int threads);
/* A descriptor goes to another process, and comes; -1 when it does not. */
bool descriptor_send(int channel, int fd);
int descriptor_receive(int channel);

#endif
