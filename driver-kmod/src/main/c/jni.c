// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The native methods of the driver: the calls to the module's device. Errors are negative errno values. JNI_OnLoad
 * registers the methods, so the library exports nothing else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/device.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void *address_of(JNIEnv *env, jobject buffer)
{
	return buffer ? (*env)->GetDirectBufferAddress(env, buffer) : NULL;
}

static jlong or_errno(jlong result)
{
	return result < 0 ? -errno : result;
}

static jint device_open(JNIEnv *env, jclass class, jstring path)
{
	const char *name = (*env)->GetStringUTFChars(env, path, NULL);
	jint fd;

	(void)class;
	if (!name)
		return -ENOMEM;
	fd = or_errno(open(name, O_RDWR | O_CLOEXEC));
	(*env)->ReleaseStringUTFChars(env, path, name);
	return fd;
}

static void device_close(JNIEnv *env, jclass class, jint fd)
{
	(void)env;
	(void)class;
	close(fd);
}

static jint device_control(JNIEnv *env, jclass class, jint fd, jint command, jobject argument)
{
	(void)class;
	return or_errno(ioctl(fd, (unsigned int)command, address_of(env, argument)));
}

/* Returns null on failure, with errno in the first word of the last argument. */
static jobject device_map(JNIEnv *env, jclass class, jint fd, jlong offset, jlong length,
			  jboolean writable, jobject error)
{
	void *memory = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, offset);

	(void)class;
	if (memory == MAP_FAILED) {
		*(jint *)address_of(env, error) = errno;
		return NULL;
	}
	return (*env)->NewDirectByteBuffer(env, memory, length);
}

static void device_unmap(JNIEnv *env, jclass class, jobject buffer)
{
	(void)class;
	munmap(address_of(env, buffer), (*env)->GetDirectBufferCapacity(env, buffer));
}

static jint device_poll(JNIEnv *env, jclass class, jint fd, jint millis)
{
	struct pollfd waits = { .fd = fd, .events = POLLIN };

	(void)env;
	(void)class;
	return or_errno(poll(&waits, 1, millis));
}

static jlong device_address(JNIEnv *env, jclass class, jobject memory)
{
	(void)class;
	return (jlong)(uintptr_t)address_of(env, memory);
}

static jint device_page_size(JNIEnv *env, jclass class)
{
	(void)env;
	(void)class;
	return sysconf(_SC_PAGESIZE);
}

static const JNINativeMethod device_methods[] = {
	{ "open", "(Ljava/lang/String;)I", device_open },
	{ "close", "(I)V", device_close },
	{ "control", "(IILjava/nio/ByteBuffer;)I", device_control },
	{ "map", "(IJJZLjava/nio/ByteBuffer;)Ljava/nio/ByteBuffer;", device_map },
	{ "unmap", "(Ljava/nio/ByteBuffer;)V", device_unmap },
	{ "poll", "(II)I", device_poll },
	{ "address", "(Ljava/nio/ByteBuffer;)J", device_address },
	{ "pageSize", "()I", device_page_size },
};

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
	JNIEnv *env;
	jclass device;

	(void)reserved;
	if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10) != JNI_OK)
		return JNI_ERR;
	device = (*env)->FindClass(env, "dev/unraced/kmod/Device");
	if (!device || (*env)->RegisterNatives(env, device, device_methods, COUNT(device_methods)) != JNI_OK)
		return JNI_ERR;
	return JNI_VERSION_10;
}
