/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The kernel's files, sockets and registers, and KREAD, by which shared code reads their fields: the eBPF
 * programs by CO-RE, the module and the tests by plain loads. Programs declare the few fields that
 * they read. Offsets come from the running kernel's BTF when the object is loaded, so neither order
 * nor completeness matters here.
 */
#ifndef UNRACED_KERNEL_H
#define UNRACED_KERNEL_H

#include "unraced/base.h"

#ifdef __KERNEL__

#include <linux/fs.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/ptrace.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#if IS_ENABLED(CONFIG_IPV6)
#define UNRACED_HAS_IPV6
#endif

#else

#define UNRACED_HAS_IPV6

/* include/linux/fs.h */
#define FMODE_PATH 0x4000
#define FMODE_CREATED 0x100000
/* uapi/asm-generic/fcntl.h */
#define O_ACCMODE 00000003
#define O_CREAT 00000100
#define O_PATH 010000000
#define __O_TMPFILE 020000000
/* include/net/tcp_states.h, uapi/linux/in.h and linux/net.h */
#define TCP_ESTABLISHED 1
#define TCP_SYN_SENT 2
#define TCP_CLOSE 7
#define TCP_LISTEN 10
#define SOCK_DGRAM 2
#define SS_UNCONNECTED 1

/* This type is part of the user API, so its layout is fixed. */
struct in6_addr {
	__u8 bytes[16];
};

#ifdef __bpf__
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __TARGET_ARCH_arm64
struct pt_regs {
	unsigned long r8, r10, bx, ax, cx, dx, si, di, orig_ax;
};
#endif
struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
};
/* include/linux/rwsem.h; the atomic_long_t is another type where the kernel is built for real time. */
struct rw_semaphore {
	struct {
		long counter;
	} count;
};
struct inode {
	unsigned short i_mode;
	struct rw_semaphore i_rwsem;
	struct super_block *i_sb;
	unsigned long i_ino;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
/*
 * f_count is an atomic_long_t of include/linux/types.h; since 6.13 f_ref is a file_ref_t of
 * include/linux/file_ref.h.
 */
typedef struct {
	__s64 counter;
} atomic64_t;
typedef struct {
	atomic64_t refcnt;
} file_ref_t;
struct file {
	unsigned int f_mode;
	unsigned int f_flags;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
	file_ref_t f_ref;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	int skc_bound_dev_if;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct sock;
struct socket {
	enum { SOCKET_STATE } state;
	short type;
	struct sock *sk;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
	int sk_err;
	struct socket *sk_socket;
};
struct inet_sock {
	struct sock sk;
	__be16 inet_sport;
};

#ifdef __bpf__
#pragma clang attribute pop
#endif
#endif

#ifdef __bpf__

#include <bpf/bpf_core_read.h>

/*
 * Programs read kernel memory through pointers that the verifier does not know. Where the kernel
 * can cast (bpf_rdonly_cast, 6.2) the reads are plain loads, which cost nothing; elsewhere each
 * costs a helper call. The verifier removes the other branch.
 */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

#define KCAST(p) ((typeof(p))bpf_rdonly_cast((p), bpf_core_type_id_kernel(typeof(*(p)))))

#define KREAD(p, field)                                                      \
	({                                                                   \
		typeof((p)->field) value_;                                   \
		if (bpf_ksym_exists(bpf_rdonly_cast))                        \
			value_ = KCAST(p)->field;                            \
		else                                                         \
			bpf_core_read(&value_, sizeof(value_), &(p)->field); \
		value_;                                                      \
	})

#else

/* The caller holds the object. */
#define KREAD(p, field) ((p)->field)

#endif
#endif
