// SPDX-License-Identifier: GPL-2.0-only
/* /dev/unraced: see lib/device.h. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device/configure.h"
#include "device/hooks.h"
#include "device/memory.h"
#include "filter/generations.h"
#include "out/ring.h"
#include "path/mounts.h"
#include "stash/stash.h"
#include "lib/versions.h"

static void wake_readers(struct irq_work *work)
{
	struct unraced_capture *capture = container_of(work, struct unraced_capture, wakeup);

	wake_up_interruptible_poll(&capture->waiters, EPOLLIN);
}

/* Begins a capture, which has its own stash and statistics (R15.9). */
static int open(struct inode *inode, struct file *file)
{
	struct unraced_capture *capture;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	capture = kzalloc(sizeof(*capture), GFP_KERNEL_ACCOUNT);
	if (!capture)
		return -ENOMEM;
	mutex_init(&capture->lock);
	init_waitqueue_head(&capture->waiters);
	init_irq_work(&capture->wakeup, wake_readers);
	file->private_data = capture;
	return nonseekable_open(inode, file);
}

/* Ends the capture, also when its process was killed, and leaves nothing behind (R13.1). */
static int release(struct inode *inode, struct file *file)
{
	unraced_capture_release(file->private_data);
	return 0;
}

static long configure(struct unraced_capture *capture, void __user *argument)
{
	struct unraced_config config;
	long error;

	if (copy_from_user(&config, argument, sizeof(config)))
		return -EFAULT;
	error = unraced_capture_configure(capture, &config);
	if (error)
		return error;
	return copy_to_user(argument, &capture->config, sizeof(config)) ? -EFAULT : 0;
}

static long switch_mode(struct unraced_capture *capture, void __user *argument)
{
	u32 mitigation;

	if (copy_from_user(&mitigation, argument, sizeof(mitigation)))
		return -EFAULT;
	return unraced_capture_switch(capture, mitigation);
}

static long switch_enter_events(struct unraced_capture *capture, void __user *argument)
{
	u32 publish;

	if (copy_from_user(&publish, argument, sizeof(publish)))
		return -EFAULT;
	if (publish > 1)
		return -EINVAL;
	WRITE_ONCE(capture->enter_events, publish);
	return 0;
}

static long change_filters(struct unraced_capture *capture, void __user *argument)
{
	struct unraced_lists lists;

	if (copy_from_user(&lists, argument, sizeof(lists)))
		return -EFAULT;
	return unraced_filters_change(capture, &lists);
}

static long report_features(void __user *argument)
{
	u32 features = unraced_hooks_features();

	return copy_to_user(argument, &features, sizeof(features)) ? -EFAULT : 0;
}

static long report_stats(struct unraced_capture *capture, void __user *argument)
{
	struct unraced_stats stats;

	unraced_stash_read(capture->stash, &stats);
	stats.bytes = capture->config.stash_bytes;
	return copy_to_user(argument, &stats, sizeof(stats)) ? -EFAULT : 0;
}

static long with_lock(struct unraced_capture *capture, unsigned int command, void __user *argument)
{
	if (command == UNRACED_IOC_CONFIGURE)
		return configure(capture, argument);
	if (command == UNRACED_IOC_FEATURES)
		return report_features(argument);
	if (!capture->counters || !capture->stash)
		return -ENXIO;
	switch (command) {
	case UNRACED_IOC_MITIGATION:
		return capture->started ? switch_mode(capture, argument) : -ENXIO;
	case UNRACED_IOC_ENTER_EVENTS:
		return capture->started ? switch_enter_events(capture, argument) : -ENXIO;
	case UNRACED_IOC_FILTERS:
		return capture->started ? change_filters(capture, argument) : -ENXIO;
	case UNRACED_IOC_STATS:
		return report_stats(capture, argument);
	case UNRACED_IOC_STOP:
		unraced_capture_stop(capture);
		return 0;
	}
	return -ENOTTY;
}

static long unraced_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct unraced_capture *capture = file->private_data;
	long result;

	if (command == UNRACED_IOC_WAKE) {
		WRITE_ONCE(capture->woken, true);
		wake_up_interruptible_all(&capture->waiters);
		return 0;
	}
	mutex_lock(&capture->lock);
	result = with_lock(capture, command, (void __user *)argument);
	mutex_unlock(&capture->lock);
	return result;
}

static __poll_t poll(struct file *file, poll_table *wait)
{
	struct unraced_capture *capture = file->private_data;
	struct unraced_reader *reader;
	u64 watermark;
	u32 i;

	poll_wait(file, &capture->waiters, wait);
	if (READ_ONCE(capture->woken))
		return EPOLLHUP;
	/* This pairs with the store at the end of unraced_capture_configure(): the reader's memory is there by then. */
	if (!smp_load_acquire(&capture->ready))
		return EPOLLERR;
	reader = capture->reader;
	watermark = max(READ_ONCE(reader->watermark), 1u);
	for (i = 0; i < capture->ring_count; i++)
		if (unraced_ring_unread(&capture->rings[i]) >= watermark)
			return EPOLLIN;
	return 0;
}

static vm_fault_t fault(struct vm_fault *fault)
{
	struct unraced_capture *capture = fault->vma->vm_file->private_data;

	if (fault->pgoff >= capture->page_count)
		return VM_FAULT_SIGBUS;
	fault->page = capture->pages[fault->pgoff];
	get_page(fault->page);
	return 0;
}

static const struct vm_operations_struct mapping = {
	.fault = fault,
};

/*
 * Runs without the capture's lock. The caller's memory map is locked here, and a holder of the capture's lock may wait
 * for that lock to copy from user memory. The mapped pages stay the same from configuring to the release.
 */
static int map(struct file *file, struct vm_area_struct *vma)
{
	struct unraced_capture *capture = file->private_data;
	bool readers_page;

	/* This pairs with the store at the end of unraced_capture_configure(). */
	if (!smp_load_acquire(&capture->ready))
		return -ENXIO;
	if (vma->vm_pgoff >= capture->page_count || vma_pages(vma) > capture->page_count - vma->vm_pgoff)
		return -EINVAL;
	readers_page = unraced_is_readers_page(capture, vma->vm_pgoff) && vma_pages(vma) == 1;
	if (!(vma->vm_flags & VM_SHARED) || (vma->vm_flags & VM_EXEC))
		return -EINVAL;
	if (!readers_page) {
		if (vma->vm_flags & VM_WRITE)
			return -EPERM;
		vm_flags_clear(vma, VM_MAYWRITE);
	}
	vm_flags_clear(vma, VM_MAYEXEC);
	/* A child process would otherwise consume records that its parent has not seen. */
	vm_flags_set(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &mapping;
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
	.unlocked_ioctl = unraced_ioctl,
	.poll = poll,
	.mmap = map,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "unraced",
	.fops = &operations,
	.mode = 0600,
};

static int __init unraced_init(void)
{
	int error = unraced_mounts_find();

	if (!error)
		error = unraced_hooks_find();
	return error ? error : misc_register(&device);
}

static void __exit unraced_exit(void)
{
	misc_deregister(&device);
	unraced_hooks_leave();
}

module_init(unraced_init);
module_exit(unraced_exit);

MODULE_DESCRIPTION("Merged events of open, openat, openat2, creat and connect, with arguments that nobody can change");
MODULE_AUTHOR("The Unraced authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
