/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
#ifndef UNRACED_LIB_SHIM_USER_H
#define UNRACED_LIB_SHIM_USER_H

#include <errno.h>
#include <limits.h>
#include <linux/types.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/* The lock is a mutex, not a spinlock: the sanitizers know it, and a test machine may have one core. */
typedef pthread_mutex_t unraced_lock;

#define unraced_lock_init(lock) pthread_mutex_init(lock, NULL)
#define unraced_lock_acquire(lock) pthread_mutex_lock(lock)
#define unraced_lock_release(lock) pthread_mutex_unlock(lock)

static inline void *unraced_memory_allocate(size_t bytes)
{
	return calloc(1, bytes);
}

static inline void unraced_memory_free(void *memory)
{
	free(memory);
}

#define unraced_load_acquire(at) __atomic_load_n(at, __ATOMIC_ACQUIRE)
#define unraced_store_release(at, value) __atomic_store_n(at, value, __ATOMIC_RELEASE)

#define min(a, b) ((a) < (b) ? (a) : (b))

#endif
