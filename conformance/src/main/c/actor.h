/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations that the actor's files share. PROTOCOL.md describes the commands. */
#ifndef UNRACED_ACTOR_H
#define UNRACED_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* The longest command line; a path of 64 KiB in hexadecimal fits. */
#define LINE_SIZE (1 << 18)
#define HANDLES 4096
/* The actor keeps its own descriptors from this number on, so that they do not mix with those that calls return. */
#define FIRST_OWN_FD 200
#define MAX_ADDRESS 128

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

/* --- line.c: the current command and its reply --- */

/* Splits a command line in place. */
void line_parse(char *line);
const char *line_verb(void);
/* Returns the value of a key, or NULL when it is missing. */
const char *line_text(const char *key);
/* Returns the value of a key as a number, decimal or 0x, signed or not, or the default when it is missing. */
long long line_number(const char *key, long long missing);
/* Returns a key's bytes in fresh memory with a NUL behind them, or NULL when it is missing or not hexadecimal. */
unsigned char *line_bytes(const char *key, size_t *length);
/* Takes the bytes of a key, with a NUL behind them; without any, replies with an error and returns false. */
struct bytes {
	unsigned char *address;
	size_t length;
};
bool bytes_take(struct bytes *bytes, const char *key);
unsigned char *hex_decode(const char *hex, size_t *length);
void reply_begin(void);
void reply(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Appends to the last word of the reply, without a blank. */
void reply_more(const char *format, ...) __attribute__((format(printf, 1, 2)));
void reply_hex(const char *key, const void *bytes, size_t length);
/* Adds texts to the reply in hexadecimal digits, separated by commas. */
void reply_texts(const char *key, const char *const *texts, int count);
void reply_end(void);
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* line_open() moves the conversation off descriptors 0 to 2; line_read() returns false at its end. */
void line_open(void);
bool line_read(char *buffer, size_t size);

/* --- handles.c: descriptors by number of the caller's choice --- */

void handle_put(long long id, int fd);
/* Returns the descriptor that "h:ID" or a plain number names. */
int handle_get(const char *text, int missing);
void handle_close(long long id);

/* --- memory.c: memory that a pointer argument can point to --- */

struct pointer {
	void *address;
	void *mapping;
	size_t mapped;
	size_t length;
};

/* Makes the memory that a pointer's text describes. Replies with an error and returns false when the text is wrong. */
bool pointer_make(struct pointer *pointer, const char *text);
void pointer_free(struct pointer *pointer);
/* Maps memory below 2 GiB, which 32-bit calls can address, too. */
void *map_low(size_t size);
void memory_open(void);
void command_buffer(void);
void command_resident(void);

/* --- watched.c: the five calls, counted --- */

/* ABI_WIDE is a native call that sets bits above the 32 that the kernel takes for the call's number. */
enum abi { ABI_NATIVE, ABI_IA32, ABI_X32, ABI_WIDE };

/* The counts of watched calls, in memory that children share. */
struct call_counts {
	long long begun;
	long long ended;
};

void counts_open(void);
struct call_counts *counts(void);
pid_t own_tid(void);
long long now(void);

long watched_open(enum abi abi, const void *path, long flags, long mode);
long watched_creat(enum abi abi, const void *path, long mode);
long watched_openat(enum abi abi, long dirfd, const void *path, long flags, long mode);
long watched_openat2(enum abi abi, long dirfd, const void *path, const void *how, size_t size);
long watched_connect(enum abi abi, long fd, const void *address, long length);
/* Makes a 32-bit connect through socketcall(2), whose arguments lie in memory. */
long watched_socketcall(long fd, const void *address, long length);
/* Does the same with a block of arguments that the caller supplies. */
long watched_socketcall_block(const void *block);
/* Returns whether this kernel takes calls of an ABI. */
bool abi_works(enum abi abi);

/* --- call.c and job.c: one call, on this thread or on one of its own --- */

enum which { OPEN, OPENAT, OPENAT2, CREAT, CONNECT };

struct call {
	enum which which;
	enum abi abi;
	struct pointer path; /* the path of an open, or the address of a connect */
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
	bool worker; /* an io_uring worker carries the request out */
	bool silent; /* the request gets no completion when it succeeds */
	bool polled; /* the kernel's SQPOLL thread takes the request from the ring */
	bool overflow; /* the request's completion finds the ring full */
	bool linked; /* the request is linked behind one that fails */
	bool skipped; /* the failing request asked for no completion, so this one gets none */
	long others; /* number of equal requests that share the user_data */
	bool hushed; /* one more request, before those, asks for no completion */
	bool cancelled; /* another request cancels this one while it blocks */
	bool forges; /* completions of other requests have the user_data of this one */
	long forged; /* the result of those completions */
	bool drained; /* the ring has room again before the request is cancelled */
	bool echoed; /* another completion with the same user_data comes after the request has ended */
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
/* Makes the call without examining its outcome, and returns its raw result. */
long call_perform(const struct call *call);
void call_reply(const struct call *call);
void call_free(struct call *call);
/* Returns whether this kernel lets us make the call through an io_uring. */
bool uring_works(const struct call *call);
long uring_call(const struct call *call);
void command_call(void);
void command_start(void);
void command_wait(void);
void command_signal(void);
void command_move(void);
void command_blocked(void);

/* --- world.c: what the calls act on, made without watched calls --- */

/* Runs a command that prepares or asks something. Returns false for an unknown verb. */
bool world_command(const char *verb);

/* --- places.c --- */

void command_tree(void);
void command_elsewhere(void);
void command_trapped(void);
void command_memfd(void);
void command_departed(void);
void command_mount(void);
void command_oldroot(void);
bool mounts_apart(void);

/* --- attack/arguments/traced.c, attack/arguments/fuse.c --- */

void command_traced(void);
void command_fuse(void);

/* --- load_generator.c, queue.c, identity.c, attack/arguments/flip.c, attack/arguments/race.c --- */

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
void command_program(void);
void command_late_exec(void);
void command_ended(void);
void command_ended_at_once(void);
/* A terminal as stat(2) and /proc/PID/stat tell it; zeros for none (terminal.c). */
struct terminal {
	unsigned major, minor;
	unsigned witness_major, witness_minor;
};
/*
 * Begins a session, and takes a terminal of its own ("own"), gives that up again ("left"), or takes none ("none").
 * Makes watched calls with this mode. Returns false where the kernel does otherwise.
 */
bool terminal_take(struct terminal *terminal, const char *how, long mode);
void command_elevated(void);
/* --- the other attacks, in attack/ --- */

void command_uring_batch(void);
void command_uring_outlived(void);
void command_uring_lent(void);
void command_uring_attempt(void);
void command_uring_polled(void);
void command_network(void);
/* Makes a TCP listener at an address of IPv4. Returns false where the address is not free. */
bool listen_at(int *listener, const unsigned char *address, socklen_t length);
bool is_connected(int fd);
/* Returns whether the socket is connected to an address of IPv4. */
bool has_peer(int fd, const unsigned char *address);
void command_device(void);
void command_shared_socket(void);
void command_taken_socket(void);
void command_destroyed_socket(void);
void command_bound_socket(void);
void command_autobound_socket(void);
void command_uring_chained(void);
void command_socketcall(void);
void command_replaced_socket(void);
void command_fetched_attempt(void);
void command_uring_ignored(void);
void command_scope(void);
void command_scope_rebound(void);
void command_never_ran(void);
void command_forged_sigsys(void);
void command_torn_path(void);
void command_moved(void);
void command_moved_mount(void);
void command_base_swap(void);
void command_start_elsewhere(void);
void command_fd_swap(void);
void command_fd_visit(void);
void command_late_namespace(void);
void command_mount_storm(void);
void command_reset(void);
void command_exec_race(void);

/* Opens a file by open_by_handle_at(2), which is no watched call. Returns -1, with errno, where nobody may. */
int open_unwatched(const char *path, int flags);
/* The main function of the program that "exec" or "vfork" starts. */
int after_exec(char **arguments);
/* The main function of the program that "program" executes. Returns its exit code. */
int after_program(char **arguments);
/* The main function of the programs that "exec-race" and "elevated" execute; EXECUTED says what they do. */
int after_exec_race(const char *then, int count, char **arguments);
/* Forks a child that dies with its parent. */
pid_t fork_child(void);
/* Forks a child that dies with its parent and shares something with it, such as CLONE_FS. */
pid_t clone_child(unsigned long shared);
/* Waits for a child for some seconds, then kills it. Returns its wait status. */
int reap(pid_t child, int seconds);
void pause_micros(long micros);
/* Starts a child with that many threads, at most LOAD_THREADS, which all block in an open of a fifo. */
#define LOAD_THREADS 512
pid_t load_start(const char *fifo, int threads);
/* These pass a descriptor to another process by SCM_RIGHTS; descriptor_receive() returns -1 when none comes. */
struct descriptor_message {
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec part;
	struct msghdr whole;
};
/* Makes the message, for who sends it another way. */
struct msghdr *descriptor_message(struct descriptor_message *to, int fd);
bool descriptor_send(int channel, int fd);
int descriptor_receive(int channel);

#endif
