/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNRACED_OBJECT_SOCKET_H
#define UNRACED_OBJECT_SOCKET_H

#include <linux/fs.h>

#include "call/call.h"

/* Returns null unless the file is a socket. */
struct sock *unraced_sock_of(struct file *file);
/* Appends family, type, protocol, own address and peer address if the file is a socket. */
void unraced_describe_socket(struct unraced_call *call, struct file *file);

#endif
