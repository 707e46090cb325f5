// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes the kernel's own copies where the kernel passes them on: the path at do_filp_open() and openat2's how at
 * do_sys_openat2() (fs/open.c). The opened file is taken at fd_install() (fs/file.c), before another thread can replace
 * its descriptor. The address is taken in connect.c.
 *
 * Handlers run with preemption off. A call whose handler the kernel skips keeps its snapshot (R2.34), as does one that
 * fails before (R2.35).
 */
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/version.h>

#include "call/entry.h"
#include "kernelcopy/connect.h"
#include "kernelcopy/merge.h"
#include "kernelcopy/open.h"
#include "object/descriptor.h"
#include "object/resolved.h"
#include "unraced/arguments.h"

/*
 * A call can also open files that the kernel chose, whose names do not come from the call's pointer. Since 7.0 a name
 * does not say where it came from, but the kernel opens the requested path first.
 */
static bool is_of(const struct filename *name, const struct unraced_call *call)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return (unsigned long)name->uptr == call->pointer;
#else
	return true;
#endif
}

static bool confirm_path(void *entry, const void *with)
{
	const struct filename *name = with;

	return is_of(name, entry) && unraced_call_confirm_path(entry, name->name);
}

static int on_path(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	const struct filename *name = (const struct filename *)regs_get_kernel_argument(regs, 1);
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_arguments arguments UNRACED_FILLED_LATER;

	if (!unraced_current_call(capture, &arguments) || arguments.syscall == UNRACED_CONNECT || IS_ERR_OR_NULL(name))
		return 0;
	if (unraced_entry_touch(capture, &arguments, confirm_path, name) ||
	    !unraced_begin_copy(capture, scratch, &arguments))
		return 0;
	if (unraced_wants_copy(&scratch->call) && is_of(name, &scratch->call))
		unraced_replace_by_copy(&scratch->call, name->name, strnlen(name->name, UNRACED_PATH_MAX));
	unraced_entry_put(capture, scratch);
	return 0;
}

/*
 * Undoes what sys_openat2() of fs/open.c adds on 64-bit machines: O_LARGEFILE, unless O_PATH is there. That flag makes
 * no difference on those machines, so the snapshot's is taken (R2.11).
 */
static void restore_how(const struct unraced_call *call, struct unraced_how *copy)
{
	if (copy->flags & O_PATH)
		return;
	copy->flags &= ~(u64)O_LARGEFILE;
	if (call->record.how_provenance == UNRACED_PROVENANCE_ENTER)
		copy->flags |= call->record.open.flags & O_LARGEFILE;
}

static int on_how(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	const struct open_how *how = (const struct open_how *)regs_get_kernel_argument(regs, 2);
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_arguments arguments UNRACED_FILLED_LATER;
	struct unraced_how copy;

	if (!unraced_current_call(capture, &arguments) || arguments.syscall != UNRACED_OPENAT2)
		return 0;
	if (!unraced_begin_copy(capture, scratch, &arguments))
		return 0;
	copy = (struct unraced_how){ .flags = how->flags, .mode = how->mode, .resolve = how->resolve };
	restore_how(&scratch->call, &copy);
	if (scratch->call.record.mitigation == UNRACED_MITIGATION_KERNEL)
		unraced_call_how(&scratch->call, &copy, UNRACED_PROVENANCE_KERNEL);
	unraced_entry_put(capture, scratch);
	return 0;
}

/*
 * The tasks that shared the descriptors at entry are gone, and no new one can come: the table is this call's until it
 * returns.
 */
static bool clear_shared(void *entry, const void *with)
{
	struct unraced_call *call = entry;

	call->record.flags &= ~UNRACED_FD_TABLE_SHARED;
	return true;
}

/*
 * If no other task shares the descriptor table, the file is still there when the call returns, and is described then.
 */
static int on_file(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct unraced_capture *capture = container_of(kprobe, struct unraced_probe, kprobe)->capture;
	struct file *file = (struct file *)regs_get_kernel_argument(regs, 1);
	struct unraced_scratch *scratch = unraced_scratch(capture);
	struct unraced_record *record = &scratch->call.record;
	struct unraced_arguments arguments UNRACED_FILLED_LATER;
	bool shared = unraced_fd_table_is_shared();

	if ((!shared && !READ_ONCE(*unraced_sharer(capture))) || !unraced_current_call(capture, &arguments) ||
	    arguments.syscall == UNRACED_CONNECT)
		return 0;
	if (!shared && unraced_entry_touch(capture, &arguments, clear_shared, NULL))
		return 0;
	if (unraced_entry_take_held(capture, scratch, &arguments) < 0)
		return 0;
	if (!shared) {
		clear_shared(&scratch->call, NULL);
	} else if (record->provenance == UNRACED_PROVENANCE_KERNEL && !(record->flags & UNRACED_HAS_FILE)) {
		scratch->call.installed = (s32)regs_get_kernel_argument(regs, 0);
		record->flags &= ~UNRACED_FD_TABLE_SHARED;
		unraced_describe_file(scratch, file);
	}
	unraced_entry_put(capture, scratch);
	return 0;
}

static const struct {
	const char *symbols[2];
	kprobe_pre_handler_t handler;
	bool optional; /* the compiler may have inlined this static function */
} copies[UNRACED_COPIES] = {
	/* The function is do_file_open() since 7.0. */
	[UNRACED_COPY_PATH] = { { "do_filp_open", "do_file_open" }, on_path, false },
	[UNRACED_COPY_HOW] = { { "do_sys_openat2" }, on_how, true },
	[UNRACED_COPY_FILE] = { { "fd_install" }, on_file, false },
};

static int start_probe(struct unraced_capture *capture, enum unraced_copy copy)
{
	int i, error = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(copies[copy].symbols) && error && copies[copy].symbols[i]; i++)
		error = unraced_probe_attach(&capture->probes[copy], capture,
					     copies[copy].symbols[i], copies[copy].handler);
	return copies[copy].optional ? 0 : error;
}

static void stop_opens(struct unraced_capture *capture)
{
	int i;

	for (i = 0; i < UNRACED_COPIES; i++)
		unraced_probe_detach(&capture->probes[i]);
}

/* In mode kernel every watched call needs its probe; the one for connects has been attached at the start. */
static int prepare_opens(struct unraced_capture *capture, u32 mitigation)
{
	bool lacks_connects = unraced_is_watched(capture, UNRACED_CONNECT) && !capture->connect_probe.registered;
	int i, error = lacks_connects ? -ENOENT : 0;

	if (mitigation != UNRACED_MITIGATION_KERNEL || capture->probes[0].registered)
		return 0;
	for (i = 0; i < UNRACED_COPIES && !error; i++)
		error = start_probe(capture, i);
	if (error)
		stop_opens(capture);
	return error;
}

static bool can_probe(enum unraced_copy copy)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(copies[copy].symbols) && copies[copy].symbols[i]; i++)
		if (unraced_can_probe(copies[copy].symbols[i], copies[copy].handler))
			return true;
	return copies[copy].optional;
}

static bool has_all_copies;

static int find_copies(void)
{
	int i;

	has_all_copies = unraced_connects_can_probe();
	for (i = 0; i < UNRACED_COPIES; i++)
		has_all_copies = has_all_copies && can_probe(i);
	return 0;
}

static u32 features_of_copies(void)
{
	return has_all_copies ? UNRACED_FEATURE_KERNEL : 0;
}

const struct unraced_hook unraced_open_hook = {
	.find = find_copies,
	.features = features_of_copies,
	.prepare = prepare_opens,
	.stop = stop_opens,
};
