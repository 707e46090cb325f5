/* SPDX-License-Identifier: Apache-2.0 */
/* The acting program of the hunt: it runs small random programs and logs what its own descriptors show. */
#ifndef UNRACED_HUNTER_H
#define UNRACED_HUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#define MAX_ACTORS 12
#define MAX_PROCESSES 6
#define MAX_OPS 256
#define MAX_SLOTS 6
/*
 * Each thread has an ordinary ring, a ring with a kernel thread (SQPOLL), a ring with little room, and a ring whose
 * work waits until the thread asks for it (DEFER_TASKRUN).
 */
enum ring_kind { PLAIN_RING, POLLED_RING, SMALL_RING, DEFERRED_RING };
#define RINGS 4
#define PATH_ROOM 1024
#define PAGE 4096
#define LOG_ROOM (6 << 20)
#define BASE_ROOM 64

/* Descriptors with fixed numbers: the tree's directories, /proc, and the slots of sockets. */
#define ROOT_FD 90
#define PROC_FD 91
#define DIRECTORY_FD 92
#define SLOT_FD 100
#define PAIR_FD 110
/* The world's own mount namespace and the host's root. */
#define NAMESPACE_FD 98
#define HOST_ROOT_FD 99
/* Two ends of each process's mailbox, through which other processes send it descriptors. */
#define MAIL_FD 120
/* The arena's memfd, from which a process maps the arena again after an exec. */
#define ARENA_FD 89
/* Calls by int 0x80 take pointers of 32 bits, and a heap begins at most a gigabyte after the program. */
#define ARENA_AT ((void *)0x60000000ul)
#if !defined(MAP_FIXED_NOREPLACE)
#define MAP_FIXED_NOREPLACE 0x100000
#endif
/* Own descriptors start here, so that they do not take the low numbers which opens return. */
#define HIGH_FD 300

/* A call that a seccomp filter is to refuse has this mode, or this length of its address. */
#define REFUSED_MODE 0645
#define REFUSED_LENGTH 77

enum verb {
	OPEN,
	CONNECT,
	RING,
	REAP,
	PAIR,
	CHANGE,
	DUP2,
	CLOSE,
	FLIP,
	SOCKET,
	STEAL,
	SIGNAL,
	PAUSE,
	EMULATE,
	NOP,
	TIMEOUT,
	SEND,
	RECEIVE,
	FASTOPEN,
	REBIND,
	REFORM,
	EXEC,
	AWAIT,
	ASTRAY,
};

enum entry { NATIVE, IA32, SOCKETCALL };
enum call { CALL_OPEN, CALL_OPENAT, CALL_OPENAT2, CALL_CREAT, CALL_CONNECT };
enum base { BASE_ABSOLUTE, BASE_CWD, BASE_DIRECTORY };
enum change {
	RENAME,
	EXCHANGE,
	LINK,
	UNLINK,
	SYMLINK,
	BIND,
	UMOUNT,
	UNSHARE,
	SETNS,
	CHROOT,
	CHDIR,
};
/* REFUSE_ADDFD answers an openat with a descriptor that the supervisor installs. */
enum refusal { REFUSE_NOTHING, REFUSE_ERRNO, REFUSE_TRAP, REFUSE_NOTIFY, REFUSE_ADDFD };

struct address {
	struct sockaddr_storage bytes;
	socklen_t length;
};

struct op {
	enum verb verb;
	enum entry entry;
	enum call call;
	enum base base;
	enum change change;
	int directory;
	char path[PATH_ROOM];
	char other[PATH_ROOM];
	unsigned long flags;
	unsigned mode;
	unsigned long resolve;
	bool flips_path, flips_how, flips_address, flips_block;
	bool gone, refused, link, async, fixed, no_wait, sqpoll, restart, direct, common;
	/* A request without a completion of its success; a ring with room for two; the ring of all processes. */
	bool skip, small, shared, deferred;
	/* An attempt of TCP by a request, instead of a system call. */
	bool by_ring;
	/* Set when no completion came, so that the request's result is unknown. */
	bool quiet;
	int slot;
	int kind;
	struct address to, alternative;
	long value;
	/* The descriptor to send, or the number that a received descriptor gets; negative if there is none. */
	int number;
	/* The arguments in memory that all processes share. */
	char *page;
	/* A flip toggles flip_size bytes at this place. */
	char *flip_at;
	size_t flip_size;
	char flip_values[2][8];
	/* The number of requests in a ring's batch; they are the ops that follow this op. */
	int requests;
};

struct actor {
	int id;
	int process;
	bool shares_files;
	bool disturbs;
	int fill;
	bool pends;
	enum refusal refusal;
	long refusal_value;
	int first, count;
};

struct program {
	unsigned long seed;
	int rounds;
	int deadline_millis;
	int actors_count, ops_count, processes_count;
	struct actor actors[MAX_ACTORS];
	struct op ops[MAX_OPS];
	int slot_kinds[MAX_SLOTS];
};

/* One log for each actor, and one for the world, in memory that all processes share. */
struct log {
	size_t length;
	unsigned long lost;
	char text[LOG_ROOM];
};

struct arena {
	int changes_lock;
	unsigned long changes;
	int ready;
	int started;
	bool stopped;
	/* The time from which no actor begins another round, except disturbers. */
	uint64_t enough;
	/* Set when an actor has ended; rounds and next say where it goes on after an exec of its process. */
	bool done[MAX_ACTORS];
	int rounds[MAX_ACTORS], next[MAX_ACTORS];
	/* The time at which an actor began its op, whose log line an exec can prevent; 0 between ops. */
	uint64_t since[MAX_ACTORS];
	const struct op *op[MAX_ACTORS];
	struct program program;
	char base[BASE_ROOM];
	struct ring *shared_ring;
	/* Number of the last batch of requests on any ring. */
	unsigned long batches;
	int pids[MAX_PROCESSES];
	int tids[MAX_ACTORS];
	/* Each actor counts its steps here, so that other actors see that it runs. */
	unsigned beats[MAX_ACTORS];
	/* Set while another process moves the actor's root. */
	bool astray[MAX_ACTORS];
	int notify_fd[MAX_ACTORS];
	bool supervised[MAX_ACTORS];
	struct log logs[MAX_ACTORS + 1];
	char pages[MAX_OPS][PAGE] __attribute__((aligned(PAGE)));
};

extern struct arena *arena;
extern struct program program;
extern char base[BASE_ROOM];

/* The state of one thread. */
struct self {
	const struct actor *actor;
	struct log *log;
	int tid, tgid;
	unsigned long mount_ns;
	uint64_t random;
	int round;
	/* Number of the op within the actor. */
	int at;
	struct ring *rings[RINGS];
	/* The user_data of the request that is logged, 0 for a call. */
	unsigned long user_data;
	/* The mount namespace in which the kernel looked the logged path up; 0 when it is unknown. */
	unsigned long start_ns;
};

/* log.c */
uint64_t now(void);
uint64_t next_random(struct self *self);
void append(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void append_hex(char *to, const void *bytes, size_t length);
void refresh_mount_ns(struct self *self);
void beat(struct self *self);
void meet(struct self *self, bool flips);

/* main.c */
void handle_signals(void);
void run_process(int number, const struct actor *own) __attribute__((noreturn));

/* program.c */
bool parse(char *text);
const char *verb_name(enum verb verb);
int slot_family(int kind, int *type);
int new_socket(int kind);

/* acts.c */
long call_open(const struct op *op);
void act_open(struct self *self, const struct op *op);
void act_connect(struct self *self, const struct op *op);
void connect_at(struct self *self, const struct op *op, int fd, bool refused);
unsigned long cookie_of(int fd);
int fetch(int process, int fd);
void act_pair(struct self *self, const struct op *op);
void act_emulated(struct self *self, const struct op *op);
void log_open(struct self *self, const struct op *op, const char *via, long result, uint64_t begin, uint64_t end,
	      int ran, int tag, bool look);
struct looked {
	char peer[2 * sizeof(struct sockaddr_storage) + 1];
	char name[2 * sizeof(struct sockaddr_storage) + 1];
	unsigned long cookie;
};
void look_at_socket(int fd, struct looked *looked);
void log_connect(struct self *self, const struct op *op, const char *via, int fd, socklen_t length, long result,
		 uint64_t begin, uint64_t end, int ran, int tag, unsigned long cookie, const struct looked *looked);
int table_of(const struct self *self);

/* rings.c */
void act_ring(struct self *self, const struct op *op, const struct op *requests);
void act_reap(struct self *self);
void send_by_ring(struct self *self, int fd, const struct address *to);
void open_shared_ring(void);
void await_shared_ring(void);
void close_rings(struct self *self);

/* changes.c */
void make_change(struct self *self, const struct op *op);
void disturb_descriptor(struct self *self, const struct op *op);
void steal(struct self *self, const struct op *op);
void renew_socket(struct self *self, const struct op *op);
void flip_all(struct self *self);
void build_tree(void);

void lock_changes(void);
void unlock_changes(void);

/* rights.c */
void build_mailboxes(void);
void send_right(struct self *self, const struct op *op);
void receive_right(struct self *self, const struct op *op);

/* midcall.c */
void send_elsewhere(struct self *self, const struct op *op);
void rename_socket(struct self *self, const struct op *op);

/* astray.c */
void act_astray(struct self *self, const struct op *op);

/* exec.c */
void execute(struct self *self);
int go_on(char **arguments);

/* refuse.c */
void refuse(struct self *self);
void supervise(int actor);

/* network.c */
void build_network(void);
void listen_everywhere(void);
void accept_all(int millis);
bool parse_address(const char *text, struct address *address);

#endif
