/*
 * Write down every device-mapper ioctl of a process: the bytes behind the pointer before and after.
 *
 * Preloaded into a client (LD_PRELOAD). Appends records to the file named by DM_RECORD: a struct record, then the
 * bytes it announces, each record in one write so that several processes can share the file. Opens and closes of the
 * control node and of mapped devices are recorded as well, since they decide what the ioctls answer. The file is
 * opened anew for each record: clients close descriptors they do not know. One thing is changed in the client: a random
 * uuid is always the same, so that a second recording gives the same bytes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#define DM_IOCTL_TYPE		0xfd
#define DM_HEADER_SIZE		312
#define DM_DATA_SIZE_OFFSET	12
#define DM_DATA_SIZE_MAX	(1u << 30)
#define CONTROL_MAJOR		10
#define CONTROL_MINOR		236
#define MAPPED_MAJOR		254	/* dm_mod is loaded with major=254 */
#define MAX_FD			4096

enum kind {
	KIND_COMMAND = 1,	/* the command line; once a process, before its first other record */
	KIND_ENTER,		/* an ioctl begins; the memory before it */
	KIND_LEAVE,		/* it returned; the memory after it */
	KIND_OPEN,		/* code: the device number, as makedev() gives it */
	KIND_CLOSE,
	KIND_EXIT,
};

struct record {
	uint32_t kind;
	uint32_t pid;
	uint32_t tid;
	int32_t fd;
	uint32_t code;
	int32_t ret;		/* the value, or -errno */
	uint32_t size;		/* bytes behind the pointer */
	uint32_t length;	/* bytes that follow: the same less trailing zeros */
};

static unsigned char watched[MAX_FD];	/* descriptors of the control node and of mapped devices */

static void append(struct record *r, const void *bytes)
{
	const char *path = getenv("DM_RECORD");
	struct iovec parts[2] = {
		{ .iov_base = r, .iov_len = sizeof(*r) },
		{ .iov_base = (void *)bytes, .iov_len = r->length },
	};
	int saved = errno;
	long fd;

	if (!path)
		return;
	r->pid = (uint32_t)getpid();
	r->tid = (uint32_t)syscall(SYS_gettid);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		if (syscall(SYS_writev, fd, parts, 2) != (long)(sizeof(*r) + r->length))
			abort();
		syscall(SYS_close, fd);
	}
	errno = saved;
}

static void append_command(void)
{
	static int known_pid;
	struct record r = { .kind = KIND_COMMAND, .fd = -1 };
	char line[4096];
	long fd, n;

	if (known_pid == getpid())
		return;
	known_pid = getpid();
	fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	n = syscall(SYS_read, fd, line, sizeof(line));
	syscall(SYS_close, fd);
	r.length = n > 0 ? (uint32_t)n : 0;
	r.size = r.length;
	append(&r, line);
}

static uint32_t memory_size(const unsigned char *memory)
{
	uint32_t size;

	memcpy(&size, memory + DM_DATA_SIZE_OFFSET, sizeof(size));
	if (size < DM_HEADER_SIZE || size > DM_DATA_SIZE_MAX)
		return DM_HEADER_SIZE;
	return size;
}

static uint32_t without_trailing_zeros(const unsigned char *memory, uint32_t size)
{
	while (size && !memory[size - 1])
		size--;
	return size;
}

int ioctl(int fd, unsigned long code, ...)
{
	struct record r = { .kind = KIND_ENTER, .fd = fd, .code = (uint32_t)code };
	void *memory;
	va_list args;
	long ret;

	va_start(args, code);
	memory = va_arg(args, void *);
	va_end(args);

	if (_IOC_TYPE(code) != DM_IOCTL_TYPE || !memory)
		return (int)syscall(SYS_ioctl, fd, code, memory);

	append_command();
	r.size = memory_size(memory);
	r.length = without_trailing_zeros(memory, r.size);
	append(&r, memory);

	ret = syscall(SYS_ioctl, fd, code, memory);

	r.kind = KIND_LEAVE;
	r.ret = ret < 0 ? -errno : (int32_t)ret;
	r.length = without_trailing_zeros(memory, r.size);
	append(&r, memory);
	return (int)ret;
}

static int watch(int fd)
{
	struct record r = { .kind = KIND_OPEN, .fd = fd };
	int saved = errno;
	struct stat st;
	int control, mapped;

	if (fd < 0 || fd >= MAX_FD || fstat(fd, &st))
		goto out;
	control = S_ISCHR(st.st_mode) && st.st_rdev == makedev(CONTROL_MAJOR, CONTROL_MINOR);
	mapped = S_ISBLK(st.st_mode) && major(st.st_rdev) == MAPPED_MAJOR;
	if (!control && !mapped)
		goto out;
	watched[fd] = 1;
	append_command();
	r.code = (uint32_t)st.st_rdev;
	append(&r, NULL);
out:
	errno = saved;
	return fd;
}

#define DEFINE_OPEN(name)							\
int name(const char *path, int flags, ...)					\
{										\
	va_list args;								\
	int mode;								\
										\
	va_start(args, flags);							\
	mode = va_arg(args, int);						\
	va_end(args);								\
	return watch((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode));	\
}

#define DEFINE_OPENAT(name)							\
int name(int dir, const char *path, int flags, ...)				\
{										\
	va_list args;								\
	int mode;								\
										\
	va_start(args, flags);							\
	mode = va_arg(args, int);						\
	va_end(args);								\
	return watch((int)syscall(SYS_openat, dir, path, flags, mode));		\
}

/* The last three are what open() becomes under _FORTIFY_SOURCE. */
DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
DEFINE_OPEN(__open_2)
DEFINE_OPEN(__open64_2)
DEFINE_OPENAT(__openat64_2)

int close(int fd)
{
	struct record r = { .kind = KIND_CLOSE, .fd = fd };

	if (fd >= 0 && fd < MAX_FD && watched[fd]) {
		watched[fd] = 0;
		append(&r, NULL);
	}
	return (int)syscall(SYS_close, fd);
}

/* libuuid's, which mixes in the time of day; cryptsetup names temporary devices after the result. */
void uuid_generate(unsigned char uuid[16])
{
	memset(uuid, 0x44, 16);
}

__attribute__((destructor)) static void leave(void)
{
	struct record r = { .kind = KIND_EXIT, .fd = -1 };

	if (memchr(watched, 1, sizeof(watched)))
		append(&r, NULL);
}
