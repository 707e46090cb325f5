// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The module's stash, ring and prefixes as code of this process, for the driver's tests. JNI_OnLoad
 * registers the native methods of their classes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <jni.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filter/prefix.h"
#include "out/ring.h"
#include "stash/stash.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void *address_of(JNIEnv *env, jobject buffer)
{
	return buffer ? (*env)->GetDirectBufferAddress(env, buffer) : NULL;
}

/* dev.unraced.kmod.NativeStash */

static struct unraced_stash *stash_of(jlong handle)
{
	return (struct unraced_stash *)(uintptr_t)handle;
}

static jlong stash_create(JNIEnv *env, jclass class, jobject size, jlong seed)
{
	(void)class;
	return (jlong)(uintptr_t)unraced_stash_new(address_of(env, size), seed);
}

static void stash_free(JNIEnv *env, jclass class, jlong handle)
{
	(void)env;
	(void)class;
	unraced_stash_free(stash_of(handle));
}

static jint stash_put(JNIEnv *env, jclass class, jlong handle, jlong thread, jlong start, jint call,
		      jobject bytes, jint length)
{
	(void)class;
	return unraced_stash_put(stash_of(handle), thread, start, call, address_of(env, bytes), length);
}

static jint stash_take(JNIEnv *env, jclass class, jlong handle, jlong thread, jlong start,
		       jint call, jobject bytes, jint room)
{
	(void)class;
	return unraced_stash_take(stash_of(handle), thread, start, call, address_of(env, bytes), room);
}

static jint stash_take_held(JNIEnv *env, jclass class, jlong handle, jlong thread, jlong start,
			    jint call, jobject bytes, jint room)
{
	(void)class;
	return unraced_stash_take_held(stash_of(handle), thread, start, call, address_of(env, bytes), room);
}

static jboolean stash_discard(JNIEnv *env, jclass class, jlong handle, jlong thread)
{
	(void)env;
	(void)class;
	return unraced_stash_discard(stash_of(handle), thread);
}

static void stash_clear(JNIEnv *env, jclass class, jlong handle)
{
	(void)env;
	(void)class;
	unraced_stash_clear(stash_of(handle));
}

static void stash_read(JNIEnv *env, jclass class, jlong handle, jobject stats)
{
	(void)class;
	unraced_stash_read(stash_of(handle), address_of(env, stats));
}

static const JNINativeMethod stash_methods[] = {
	{ "create", "(Ljava/nio/ByteBuffer;J)J", stash_create },
	{ "free", "(J)V", stash_free },
	{ "put", "(JJJILjava/nio/ByteBuffer;I)I", stash_put },
	{ "take", "(JJJILjava/nio/ByteBuffer;I)I", stash_take },
	{ "takeHeld", "(JJJILjava/nio/ByteBuffer;I)I", stash_take_held },
	{ "discard", "(JJ)Z", stash_discard },
	{ "clear", "(J)V", stash_clear },
	{ "read", "(JLjava/nio/ByteBuffer;)V", stash_read },
};

/* dev.unraced.kmod.NativeRing */

/* Maps two pages of positions, and the data twice, as the device does. */
static jobject ring_map(JNIEnv *env, jclass class, jint page, jint size)
{
	size_t length = 2 * (size_t)page + 2 * (size_t)size;
	int fd = memfd_create("unraced-ring", MFD_CLOEXEC);
	u8 *memory = MAP_FAILED;

	(void)class;
	if (fd >= 0 && !ftruncate(fd, 2 * (size_t)page + size))
		memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory != MAP_FAILED && mmap(memory + 2 * (size_t)page + size, size, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_FIXED, fd, 2 * (off_t)page) == MAP_FAILED) {
		munmap(memory, length);
		memory = MAP_FAILED;
	}
	close(fd);
	return memory == MAP_FAILED ? NULL : (*env)->NewDirectByteBuffer(env, memory, length);
}

static jlong ring_create(JNIEnv *env, jclass class, jobject memory, jint page, jint size)
{
	struct unraced_ring *ring = calloc(1, sizeof(*ring));
	u8 *at = address_of(env, memory);

	(void)class;
	if (ring)
		unraced_ring_init(ring, (u64 *)at, (u64 *)(at + page), at + 2 * (size_t)page, size);
	return (jlong)(uintptr_t)ring;
}

static jboolean ring_write(JNIEnv *env, jclass class, jlong handle, jobject record, jint length)
{
	(void)class;
	return unraced_ring_write((struct unraced_ring *)(uintptr_t)handle, address_of(env, record), length);
}

static void ring_free(JNIEnv *env, jclass class, jlong handle, jobject memory)
{
	(void)class;
	free((void *)(uintptr_t)handle);
	munmap(address_of(env, memory), (*env)->GetDirectBufferCapacity(env, memory));
}

static const JNINativeMethod ring_methods[] = {
	{ "map", "(II)Ljava/nio/ByteBuffer;", ring_map },
	{ "create", "(Ljava/nio/ByteBuffer;II)J", ring_create },
	{ "write", "(JLjava/nio/ByteBuffer;I)Z", ring_write },
	{ "free", "(JLjava/nio/ByteBuffer;)V", ring_free },
};

/* dev.unraced.kmod.NativePrefixes */

static jboolean prefixes_accept(JNIEnv *env, jclass class, jobject list, jint count, jobject path, jint length)
{
	(void)class;
	return unraced_prefixes_accept(address_of(env, list), count, address_of(env, path), length);
}

static const JNINativeMethod prefix_methods[] = {
	{ "accepts", "(Ljava/nio/ByteBuffer;ILjava/nio/ByteBuffer;I)Z", prefixes_accept },
};

static jint enlist(JNIEnv *env, const char *name, const JNINativeMethod *methods, jint count)
{
	jclass class = (*env)->FindClass(env, name);

	return class ? (*env)->RegisterNatives(env, class, methods, count) : JNI_ERR;
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
	JNIEnv *env;

	(void)reserved;
	if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10) != JNI_OK ||
	    enlist(env, "dev/unraced/kmod/NativeStash", stash_methods, COUNT(stash_methods)) != JNI_OK ||
	    enlist(env, "dev/unraced/kmod/NativeRing", ring_methods, COUNT(ring_methods)) != JNI_OK ||
	    enlist(env, "dev/unraced/kmod/NativePrefixes", prefix_methods, COUNT(prefix_methods)) != JNI_OK)
		return JNI_ERR;
	return JNI_VERSION_10;
}
