/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest consumer of Falco's kernel module, for benchmarks: it takes the events of open, openat, openat2, creat
 * and connect, counts them, and prints "EVENTS LOST" when it is interrupted. Prints "ready" once it captures.
 */
#include <libscap/scap.h>
#include <libscap/scap_engines.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t stop;

static void interrupted(int signal)
{
	(void)signal;
	stop = 1;
}

int main(void)
{
	static const int calls[] = { PPM_SC_OPEN, PPM_SC_OPENAT, PPM_SC_OPENAT2, PPM_SC_CREAT, PPM_SC_CONNECT };
	struct scap_kmod_engine_params engine = { .buffer_bytes_dim = 8 * 1024 * 1024 };
	scap_open_args arguments = { .engine_params = &engine };
	char error[SCAP_LASTERR_SIZE] = "";
	unsigned long events = 0;
	scap_stats stats;
	scap_t *capture;
	int32_t result;

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		arguments.ppm_sc_of_interest.ppm_sc[calls[i]] = true;
	signal(SIGINT, interrupted);
	signal(SIGTERM, interrupted);
	/* The capture opens without the platform's scan of /proc, as only the stream is of interest. */
	capture = scap_open(&arguments, &scap_kmod_engine, error, &result);
	if (!capture) {
		fprintf(stderr, "scap-count: %s\n", error);
		return 1;
	}
	result = scap_start_capture(capture);
	if (result != SCAP_SUCCESS) {
		fprintf(stderr, "scap-count: %s\n", scap_getlasterr(capture));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (!stop) {
		scap_evt *event;
		uint16_t cpu;
		uint32_t flags;

		result = scap_next(capture, &event, &cpu, &flags);
		if (result == SCAP_SUCCESS)
			events++;
		else if (result != SCAP_TIMEOUT && result != SCAP_FILTERED_EVENT)
			break;
	}
	if (scap_get_stats(capture, &stats) != SCAP_SUCCESS)
		stats.n_drops = 0;
	printf("%lu %lu\n", events, (unsigned long)stats.n_drops);
	scap_close(capture);
	return 0;
}
