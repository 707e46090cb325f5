// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "device/hooks.h"
#include "iouring/hook.h"
#include "kernelcopy/connect.h"
#include "kernelcopy/open.h"
#include "lib/capture.h"
#include "process/hook.h"
#include "syscall/hook.h"

/*
 * The hooks start in this order and stop in the reverse one. A hook can use those before it. Processes come
 * first, so that no call is watched before the events of the processes that are there (R16.5). System calls come last:
 * no call has an entry before the hooks that complete its event are there.
 */
static const struct unraced_hook *const hooks[] = {
	&unraced_process_hook,
	&unraced_connect_hook,
	&unraced_open_hook,
	&unraced_io_uring_hook,
	&unraced_syscall_hook,
};

int unraced_hooks_find(void)
{
	int i, error = 0;

	for (i = 0; i < ARRAY_SIZE(hooks) && !error; i++)
		if (hooks[i]->find)
			error = hooks[i]->find();
	return error;
}

u32 unraced_hooks_features(void)
{
	u32 features = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i]->features)
			features |= hooks[i]->features();
	return features;
}

static int prepare(const struct unraced_hook *hook, struct unraced_capture *capture, u32 mitigation)
{
	return hook->prepare ? hook->prepare(capture, mitigation) : 0;
}

int unraced_hooks_start(struct unraced_capture *capture)
{
	int i, error = 0;

	for (i = 0; i < ARRAY_SIZE(hooks) && !error; i++) {
		if (hooks[i]->start)
			error = hooks[i]->start(capture);
		if (!error)
			error = prepare(hooks[i], capture, capture->mitigation);
	}
	return error;
}

int unraced_hooks_prepare(struct unraced_capture *capture, u32 mitigation)
{
	int i, error = 0;

	for (i = 0; i < ARRAY_SIZE(hooks) && !error; i++)
		error = prepare(hooks[i], capture, mitigation);
	return error;
}

void unraced_hooks_stop(struct unraced_capture *capture)
{
	int i;

	for (i = ARRAY_SIZE(hooks); i-- > 0;)
		if (hooks[i]->stop)
			hooks[i]->stop(capture);
}

void unraced_hooks_leave(void)
{
	int i;

	for (i = ARRAY_SIZE(hooks); i-- > 0;)
		if (hooks[i]->leave)
			hooks[i]->leave();
}
