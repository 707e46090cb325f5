/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The witness: fexit programs at the kernel functions that open, install and connect. It shares nothing with the
 * drivers, reads no user memory, and records identities alone.
 */
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
typedef __u16 __sum16;

#include <stdbool.h>
#include "witness.h"

enum { BPF_MAP_TYPE_RINGBUF = 27, BPF_MAP_TYPE_ARRAY = 2 };

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define MAX_ERRNO 4095
#define RING_BYTES (16 << 20)
#define NAME_PREFIX "unraced-"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
};

struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct file {
	struct inode *f_inode;
};

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct task_struct {
	struct nsproxy *nsproxy;
	struct task_struct *group_leader;
	char comm[16];
};

struct io_cqe {
	__u64 user_data;
	__s32 res;
};

struct io_kiocb {
	struct io_cqe cqe;
};

typedef struct {
	__s64 counter;
} atomic64_t;

struct sock_common {
	atomic64_t skc_cookie;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	struct sock *sk;
};

#pragma clang attribute pop

struct filename;
struct open_flags;
struct sockaddr;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} records SEC(".maps");

/* Records that found no room; the hunt judges their acts by the hunter's own descriptors. */
__u64 missed;

/* The kernel's threads that carry requests out have names of their own, and the hunter as their process. */
static bool is_hunters(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	char comm[16];

	return !BPF_CORE_READ_INTO(&comm, task, group_leader, comm) &&
	       !__builtin_memcmp(comm, NAME_PREFIX, sizeof(NAME_PREFIX) - 1);
}

static struct witness_record *begin(__u32 kind)
{
	struct witness_record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 id = bpf_get_current_pid_tgid();

	if (!record) {
		__sync_fetch_and_add(&missed, 1);
		return 0;
	}
	__builtin_memset(record, 0, sizeof(*record));
	record->time = bpf_ktime_get_boot_ns();
	record->tid = (__u32)id;
	record->tgid = (__u32)(id >> 32);
	record->kind = kind;
	record->mount_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	return record;
}

static int on_open(struct file *file)
{
	struct witness_record *record;

	if ((unsigned long)file >= (unsigned long)-MAX_ERRNO || !is_hunters())
		return 0;
	record = begin(WITNESS_OPEN);
	if (!record)
		return 0;
	record->inode = BPF_CORE_READ(file, f_inode, i_ino);
	record->device = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("?fexit/do_filp_open")
int BPF_PROG(filp_opened, int dfd, struct filename *pathname, const struct open_flags *flags, struct file *file)
{
	return on_open(file);
}

/* Newer kernels call do_filp_open by this name. */
SEC("?fexit/do_file_open")
int BPF_PROG(file_opened, int dfd, struct filename *pathname, const struct open_flags *flags, struct file *file)
{
	return on_open(file);
}

SEC("?fexit/fd_install")
int BPF_PROG(installed, unsigned int fd, struct file *file)
{
	struct witness_record *record;

	if (!is_hunters())
		return 0;
	record = begin(WITNESS_INSTALL);
	if (!record)
		return 0;
	record->fd = (__s32)fd;
	record->inode = BPF_CORE_READ(file, f_inode, i_ino);
	record->device = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* Every connect passes here with the address that the kernel copied, whatever its entry point. */
SEC("?fexit/security_socket_connect")
int BPF_PROG(connecting, struct socket *sock, struct sockaddr *address, int length, int refused)
{
	struct witness_record *record;

	if (refused || !is_hunters())
		return 0;
	record = begin(WITNESS_CONNECT);
	if (!record)
		return 0;
	record->cookie = (__u64)BPF_CORE_READ(sock, sk, __sk_common.skc_cookie.counter);
	record->length = length;
	bpf_probe_read_kernel(record->address, sizeof(record->address), address);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* An attempt that the kernel repeats returns -EAGAIN. */
static int on_request(struct io_kiocb *req, int returned)
{
	__s32 result = BPF_CORE_READ(req, cqe.res);
	struct witness_record *record;

	if (returned || result < 0 || !is_hunters())
		return 0;
	record = begin(WITNESS_REQUEST);
	if (!record)
		return 0;
	record->user_data = BPF_CORE_READ(req, cqe.user_data);
	bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("?fexit/io_openat")
int BPF_PROG(openat_requested, struct io_kiocb *req, unsigned int flags, int returned)
{
	return on_request(req, returned);
}

SEC("?fexit/io_openat2")
int BPF_PROG(openat2_requested, struct io_kiocb *req, unsigned int flags, int returned)
{
	return on_request(req, returned);
}

SEC("?fexit/io_connect")
int BPF_PROG(connect_requested, struct io_kiocb *req, unsigned int flags, int returned)
{
	return on_request(req, returned);
}

char LICENSE[] SEC("license") = "GPL";
