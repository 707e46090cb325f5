/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
#ifndef UNRACED_LIB_SHIM_KERNEL_H
#define UNRACED_LIB_SHIM_KERNEL_H

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/vmalloc.h>

#ifdef CONFIG_PREEMPT_RT
#error "with PREEMPT_RT the kernel's own locks sleep, where this module must not"
#endif

typedef raw_spinlock_t unraced_lock;

#define unraced_lock_init(lock) raw_spin_lock_init(lock)
#define unraced_lock_acquire(lock) raw_spin_lock(lock)
#define unraced_lock_release(lock) raw_spin_unlock(lock)

/*
 * Allocates zeroed memory, charged to the caller's memory cgroup. Returns null if there is not enough; no process is
 * killed for it.
 */
static inline void *unraced_memory_allocate(size_t bytes)
{
	return __vmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

static inline void unraced_memory_free(void *memory)
{
	vfree(memory);
}

#define unraced_load_acquire(at) smp_load_acquire(at)
#define unraced_store_release(at, value) smp_store_release(at, value)

#endif
