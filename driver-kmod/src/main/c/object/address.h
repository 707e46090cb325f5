/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Compares, byte by byte, the requested address with that of the peer. */
#ifndef UNRACED_OBJECT_ADDRESS_H
#define UNRACED_OBJECT_ADDRESS_H

#include "call/call.h"

/*
 * Judges the address of a record that has a socket; returns an enum unraced_integrity. A requested address
 * without a scope names the device that the socket was bound to before the call; device is 0 for an unbound socket.
 */
u8 unraced_judge_address(const struct unraced_call *call, u32 device);

#endif
