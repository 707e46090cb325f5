/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The record that the witness makes of one act of the kernel. */
#ifndef UNRACED_WITNESS_H
#define UNRACED_WITNESS_H

#define WITNESS_ADDRESS 28

/* A request's record follows, on the same thread, that of the open or connect that carried it out. */
enum witness_kind { WITNESS_OPEN = 1, WITNESS_INSTALL = 2, WITNESS_CONNECT = 3, WITNESS_REQUEST = 4 };

struct witness_record {
	__u64 time; /* CLOCK_BOOTTIME */
	__u64 inode; /* number of the opened or installed file */
	__u64 cookie; /* SO_COOKIE of the connected socket */
	__u64 user_data; /* of a request */
	__u32 tid;
	__u32 tgid;
	__u32 kind;
	__u32 device; /* as the kernel packs it: 12 bits of major, 20 of minor number */
	__u32 mount_ns;
	__s32 fd; /* number of an installed descriptor */
	__s32 length; /* bytes of the address that the kernel copied */
	__u8 address[WITNESS_ADDRESS];
};

#endif
