/*
 * The kernel's side of the oracle: executes ioctls that someone else thought up, and says what came of them.
 *
 *	agent tty=/dev/ttyS0	pid 1 of a guest (user-mode Linux, QEMU): makes the machine ready, serves the line
 *	agent --exec		a program on any machine: serves standard input and output
 *
 * One line asks, one line answers; agent.md describes both. Nothing here knows device-mapper beyond its control
 * node, so that the answers are the kernel's alone.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PROTOCOL	1
#define CONTROL_NODE	"/dev/mapper/control"
#define CONTROL_MAJOR	10
#define CONTROL_MINOR	236
#define NAME_SIZE	32
#define MAX_FILES	256
#define MAX_JOBS	64
#define MAX_WORDS	8
#define MAX_LINE	(1 << 16)
#define MAX_MEMORY	(1ul << 28)
#define ARENA_SIZE	(1ul << 18)	/* calls with no more memory than this share one mapping */
#define RUN		8		/* bytes alike, from which on a run is shorter than the bytes */
#define ASLEEP		3		/* times a thread must be seen asleep to be called blocked */

/* Bytes that grow. */
struct bytes {
	unsigned char *at;
	size_t size;
	size_t room;
};

/* Memory that ends at a page no one may touch, so that the kernel faults where a caller's memory ends. */
struct memory {
	void *map;
	size_t map_size;
	unsigned char *at;
	size_t size;
};

struct file {
	char name[NAME_SIZE];	/* empty: the slot is free */
	int fd;
};

struct call {
	int fd;
	unsigned long code;
	bool capable;
	struct memory memory;
	long ret;
};

struct job {
	char name[NAME_SIZE];
	pthread_t thread;
	struct call call;
	atomic_int tid;		/* 0 until the call is about to be made */
	atomic_bool done;
};

static struct file files[MAX_FILES];
static struct job jobs[MAX_JOBS];
static struct memory arena;
static struct bytes pending;	/* what `more` brought for the next call */
static struct bytes answer;
static int uevent_socket = -1;
static int kmsg = -1;
static const char *nodes = "/run";	/* a folder to make device nodes in */

static void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void grow(struct bytes *b, size_t more)
{
	if (b->size + more <= b->room)
		return;
	b->room = (b->size + more) * 2;
	b->at = realloc(b->at, b->room);
	if (!b->at)
		die("memory");
}

static void append(struct bytes *b, const void *bytes, size_t size)
{
	if (!size)
		return;
	grow(b, size);
	memcpy(b->at + b->size, bytes, size);
	b->size += size;
}

static void say(const char *format, ...)
{
	char text[256];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	append(&answer, text, (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1);
}

/* Bytes as text: pairs of hex digits, a run of N bytes BB as [BB*N], trailing zeros left out, nothing as "-". */
static void say_bytes(const unsigned char *at, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t i, run;

	while (size && !at[size - 1])
		size--;
	if (!size)
		say("-");
	for (i = 0; i < size; i += run) {
		for (run = 1; i + run < size && at[i + run] == at[i]; run++)
			;
		if (run >= RUN) {
			say("[%02x*%zu]", at[i], run);
			continue;
		}
		run = 1;
		grow(&answer, 2);
		answer.at[answer.size++] = (unsigned char)digits[at[i] >> 4];
		answer.at[answer.size++] = (unsigned char)digits[at[i] & 15];
	}
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_bytes(const char *text, struct bytes *to)
{
	if (!strcmp(text, "-"))
		return true;
	while (*text) {
		bool run = *text == '[';
		unsigned long count = 1;
		int high, low;
		char *end;

		text += run;
		high = digit(text[0]);
		low = high < 0 ? -1 : digit(text[1]);
		if (low < 0)
			return false;
		text += 2;
		if (run) {
			if (*text != '*' || !isdigit((unsigned char)text[1]))
				return false;
			count = strtoul(text + 1, &end, 10);
			if (*end != ']')
				return false;
			text = end + 1;
		}
		if (count > MAX_MEMORY || to->size + count > MAX_MEMORY)
			return false;
		grow(to, count);
		memset(to->at + to->size, high << 4 | low, count);
		to->size += count;
	}
	return true;
}

static bool read_number(const char *text, unsigned long limit, unsigned long *to)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*to = strtoul(text, &end, 0);
	return !*end && !errno && *to <= limit;
}

static bool map_memory(struct memory *m, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	m->map_size = (size + page - 1) / page * page + page;
	m->map = mmap(NULL, m->map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->map == MAP_FAILED)
		return false;
	m->size = size;
	m->at = (unsigned char *)m->map + m->map_size - page - size;
	return !mprotect((unsigned char *)m->map + m->map_size - page, page, PROT_NONE);
}

static void unmap_memory(struct memory *m)
{
	if (m->map != arena.map)
		munmap(m->map, m->map_size);
}

/* CAP_SYS_ADMIN of the calling thread alone: the system call knows no processes. */
static void set_capable(bool capable)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		die("capget");
	if (capable)
		data[0].effective |= data[0].permitted & 1u << CAP_SYS_ADMIN;
	else
		data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &header, data))
		die("capset");
}

static void make_call(struct call *c)
{
	long ret;

	if (!c->capable)
		set_capable(false);
	ret = syscall(SYS_ioctl, c->fd, c->code, c->memory.at);
	c->ret = ret < 0 ? -errno : ret;
	if (!c->capable)
		set_capable(true);
}

static void say_call(struct call *c)
{
	say("ret %ld ", c->ret);
	say_bytes(c->memory.at, c->memory.size);
}

static struct file *find_file(const char *name)
{
	for (struct file *f = files; f < files + MAX_FILES; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static struct job *find_job(const char *name)
{
	for (struct job *j = jobs; j < jobs + MAX_JOBS; j++)
		if (!strcmp(j->name, name))
			return j;
	return NULL;
}

/* A free slot has no name, so that the look-up for "" finds one. */
static bool is_name(const char *name)
{
	return *name && strlen(name) < NAME_SIZE;
}

/* NAME CODE MAPPED CAPABLE MEMORY, alike for `ioctl` and `start`; the answer is what is wrong, or NULL. */
static const char *read_call(char **words, struct call *c, bool shared)
{
	struct file *file = is_name(words[0]) ? find_file(words[0]) : NULL;
	unsigned long mapped, capable;
	size_t given;

	if (!file)
		return "no such file";
	c->fd = file->fd;
	if (!read_number(words[1], 0xffffffff, &c->code))
		return "CODE is no number";
	if (!read_number(words[2], MAX_MEMORY, &mapped))
		return "MAPPED is no number";
	if (!read_number(words[3], 1, &capable))
		return "CAPABLE is not 0 or 1";
	if (!read_bytes(words[4], &pending))
		return "MEMORY is not in the form of bytes";
	c->capable = capable;
	if (shared && mapped <= arena.size) {
		c->memory = arena;
		c->memory.at += arena.size - mapped;
		c->memory.size = mapped;
	} else if (!map_memory(&c->memory, mapped)) {
		return "out of memory";
	}
	given = pending.size < mapped ? pending.size : mapped;
	if (given)
		memcpy(c->memory.at, pending.at, given);
	memset(c->memory.at + given, 0, mapped - given);
	pending.size = 0;
	return NULL;
}

static const char *do_ioctl(char **words)
{
	struct call c;
	const char *wrong = read_call(words, &c, true);

	if (wrong)
		return wrong;
	make_call(&c);
	say_call(&c);
	unmap_memory(&c.memory);
	return NULL;
}

static const char *do_more(char **words)
{
	if (!read_bytes(words[0], &pending))
		return "MEMORY is not in the form of bytes";
	say("ok");
	return NULL;
}

static void *run_job(void *argument)
{
	struct job *j = argument;

	atomic_store(&j->tid, (int)syscall(SYS_gettid));
	make_call(&j->call);
	atomic_store(&j->done, true);
	return NULL;
}

static bool is_asleep(int tid)
{
	char path[64], text[512], *state;
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[size < 0 ? 0 : size] = 0;
	state = strrchr(text, ')');	/* the name before it may hold anything */
	return state && (state[2] == 'S' || state[2] == 'D');
}

static void end_job(struct job *j)
{
	pthread_join(j->thread, NULL);
	say_call(&j->call);
	unmap_memory(&j->call.memory);
	memset(j, 0, sizeof(*j));
}

static const char *do_start(char **words)
{
	struct job *j = find_job("");
	const char *wrong;
	int seen = 0;

	if (!is_name(words[0]) || find_job(words[0]))
		return "no name for a new job";
	if (!j)
		return "too many jobs";
	wrong = read_call(words + 1, &j->call, false);
	if (wrong)
		return wrong;
	if (pthread_create(&j->thread, NULL, run_job, j)) {
		unmap_memory(&j->call.memory);
		return "no thread";
	}
	strcpy(j->name, words[0]);
	while (!atomic_load(&j->done) && seen < ASLEEP) {
		int tid = atomic_load(&j->tid);

		sched_yield();
		seen = tid && is_asleep(tid) ? seen + 1 : 0;
	}
	if (atomic_load(&j->done))
		end_job(j);
	else
		say("blocked");
	return NULL;
}

static const char *do_finish(char **words)
{
	struct job *j = is_name(words[0]) ? find_job(words[0]) : NULL;
	unsigned long wait;

	if (!j)
		return "no such job";
	if (!read_number(words[1], 1000000, &wait))
		return "MILLISECONDS is no number";
	for (; !atomic_load(&j->done) && wait; wait--)
		usleep(1000);
	if (atomic_load(&j->done))
		end_job(j);
	else
		say("blocked");
	return NULL;
}

static const char *do_interrupt(char **words)
{
	struct job *j = is_name(words[0]) ? find_job(words[0]) : NULL;

	if (!j)
		return "no such job";
	if (!atomic_load(&j->done))
		pthread_kill(j->thread, SIGUSR1);
	say("ok");
	return NULL;
}

/* A node of our own, gone again once it is open: the machine need not have one. */
static int open_node(bool control, unsigned int major, unsigned int minor)
{
	int flags = (control ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC;
	static unsigned int count;
	char path[128];
	int fd, saved;

	if (control) {
		fd = open(CONTROL_NODE, flags);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	snprintf(path, sizeof(path), "%s/agent-%d-%u", nodes, getpid(), count++);
	if (mknod(path, (control ? S_IFCHR : S_IFBLK) | 0600, makedev(major, minor)))
		return -1;
	fd = open(path, flags);
	saved = errno;
	unlink(path);
	errno = saved;
	return fd;
}

static const char *do_open(char **words)
{
	struct file *file = find_file("");
	unsigned int major = CONTROL_MAJOR, minor = CONTROL_MINOR;
	bool control = !strcmp(words[1], "control");
	int fd, end = 0;

	if (!is_name(words[0]) || find_file(words[0]))
		return "no name for a new file";
	if (!file)
		return "too many files";
	if (!control && (sscanf(words[1], "%9u:%9u%n", &major, &minor, &end) != 2 || words[1][end]))
		return "neither control nor MAJOR:MINOR";
	fd = open_node(control, major, minor);
	if (fd >= 0) {
		strcpy(file->name, words[0]);
		file->fd = fd;
	}
	say("ret %d", fd < 0 ? -errno : 0);
	return NULL;
}

static const char *do_close(char **words)
{
	struct file *file = is_name(words[0]) ? find_file(words[0]) : NULL;

	if (!file)
		return "no such file";
	say("ret %d", close(file->fd) ? -errno : 0);
	memset(file, 0, sizeof(*file));
	return NULL;
}

static const char *do_poll(char **words)
{
	struct file *file = is_name(words[0]) ? find_file(words[0]) : NULL;
	struct pollfd p = { .events = POLLIN | POLLPRI | POLLOUT | POLLRDNORM };

	if (!file)
		return "no such file";
	p.fd = file->fd;
	if (poll(&p, 1, 0) < 0)
		say("ret %d", -errno);
	else
		say("ret %d", p.revents);
	return NULL;
}

static const char *do_uevents(char **words)
{
	static unsigned char message[1 << 16];
	ssize_t size;

	(void)words;
	say("uevents");
	while ((size = recv(uevent_socket, message, sizeof(message), MSG_DONTWAIT)) > 0) {
		say(" ");
		say_bytes(message, (size_t)size);
	}
	return NULL;
}

/* A record of /dev/kmsg is "priority,number,time,flags;text", then a line per key. */
static const char *do_log(char **words)
{
	char record[8192], *text, *end;
	ssize_t size;

	(void)words;
	say("log");
	while ((size = read(kmsg, record, sizeof(record) - 1)) > 0 || (size < 0 && errno == EPIPE)) {
		if (size < 0)
			continue;	/* EPIPE: records were overwritten before they were read; the next ones are there */
		record[size] = 0;
		text = strchr(record, ';');
		if (!text)
			continue;
		end = strchr(++text, '\n');
		say(" ");
		say_bytes((unsigned char *)text, end ? (size_t)(end - text) : strlen(text));
	}
	return NULL;
}

static const char *do_module(char **words)
{
	int fd = open(words[0], O_RDONLY | O_CLOEXEC);
	long ret = fd;

	if (fd >= 0)
		ret = syscall(SYS_finit_module, fd, strcmp(words[1], "-") ? words[1] : "", 0);
	say("ret %d", ret < 0 ? -errno : 0);
	if (fd >= 0)
		close(fd);
	return NULL;
}

static const char *do_sync(char **words)
{
	(void)words;
	sync();
	say("ok");
	return NULL;
}

/* Also the greeting, once the line is ready. */
static const char *do_hello(char **words)
{
	unsigned int one = 1, major = 0;
	FILE *devices = fopen("/proc/devices", "re");
	char text[128];
	struct utsname u;

	(void)words;
	while (devices && fgets(text, sizeof(text), devices))
		if (strstr(text, "device-mapper"))
			major = (unsigned int)strtoul(text, NULL, 10);
	if (devices)
		fclose(devices);
	uname(&u);
	say("hello %d %s %s %s %zu %u", PROTOCOL, u.release, u.machine, *(char *)&one ? "little" : "big",
	    sizeof(long) * 8, major);
	return NULL;
}

static const struct operation {
	const char *name;
	int words;
	const char *(*run)(char **words);
} operations[] = {
	{ "ioctl", 5, do_ioctl },	/* NAME CODE MAPPED CAPABLE MEMORY */
	{ "more", 1, do_more },		/* MEMORY */
	{ "start", 6, do_start },	/* JOB NAME CODE MAPPED CAPABLE MEMORY */
	{ "finish", 2, do_finish },	/* JOB MILLISECONDS */
	{ "interrupt", 1, do_interrupt },	/* JOB */
	{ "open", 2, do_open },		/* NAME control|MAJOR:MINOR */
	{ "close", 1, do_close },	/* NAME */
	{ "poll", 1, do_poll },		/* NAME */
	{ "uevents", 0, do_uevents },
	{ "log", 0, do_log },
	{ "module", 2, do_module },	/* PATH PARAMETERS|- */
	{ "sync", 0, do_sync },
	{ "hello", 0, do_hello },
};

static void send_answer(void)
{
	size_t sent = 0;

	say("\n");
	while (sent < answer.size) {
		ssize_t n = write(STDOUT_FILENO, answer.at + sent, answer.size - sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("write");
		sent += (size_t)n;
	}
	answer.size = 0;
}

static void serve_line(char *line)
{
	const struct operation *end = operations + sizeof(operations) / sizeof(*operations);
	char *words[MAX_WORDS] = { 0 }, *rest = NULL, *word;
	const char *wrong = "unknown operation";
	int count = 0;

	for (word = strtok_r(line, " ", &rest); word && count < MAX_WORDS; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	for (const struct operation *o = operations; count && o < end; o++) {
		if (strcmp(words[0], o->name))
			continue;
		wrong = count - 1 == o->words ? o->run(words + 1) : "wrong number of words";
		break;
	}
	if (wrong) {
		pending.size = 0;
		answer.size = 0;
		say("error %s", wrong);
	}
	send_answer();
}

/* Until `halt`, or until nobody is there any more. */
static void serve(void)
{
	static char line[MAX_LINE];
	size_t size = 0;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, line + size, sizeof(line) - size);
		char *start = line, *end;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		size += (size_t)n;
		while ((end = memchr(start, '\n', size - (size_t)(start - line)))) {
			*end = 0;
			if (!strcmp(start, "halt"))
				return;
			serve_line(start);
			start = end + 1;
		}
		size -= (size_t)(start - line);
		memmove(line, start, size);
		if (size == sizeof(line)) {
			errno = E2BIG;
			die("a line");
		}
	}
}

static void on_signal(int number)
{
	(void)number;	/* it is there to end a system call with EINTR */
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		fprintf(stderr, "agent: %s: %s\n", path, strerror(errno));
	close(fd);
}

/* What an init must do. A file system that is mounted already is as good. */
static void prepare_machine(const char *tty)
{
	struct termios t;
	int fd;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (mount("tmpfs", "/run", "tmpfs", 0, NULL))
		die("/run");
	/* An unknown target type makes the kernel look for a module: there is none beyond those `module` loads. */
	write_file("/proc/sys/kernel/modprobe", "\n");
	fd = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || tcgetattr(fd, &t))
		die(tty);
	cfmakeraw(&t);
	if (tcsetattr(fd, TCSANOW, &t) || dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
		die(tty);
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct sigaction action = { .sa_handler = on_signal };	/* no SA_RESTART */
	const char *mode = NULL;
	bool init = getpid() == 1;
	int room = 1 << 20;

	/* The kernel may hand its init more than was meant for it. */
	for (int i = 1; i < argc; i++)
		if (init ? !strncmp(argv[i], "tty=", 4) : !strcmp(argv[i], "--exec"))
			mode = argv[i];
	if (!mode) {
		fprintf(stderr, "usage: agent --exec, or as pid 1: agent tty=DEVICE\n");
		return 2;
	}
	if (init)
		prepare_machine(mode + 4);
	sigaction(SIGUSR1, &action, NULL);
	if (!map_memory(&arena, ARENA_SIZE))
		die("memory");
	if (access(nodes, W_OK))
		nodes = "/tmp";
	uevent_socket = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	setsockopt(uevent_socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(uevent_socket, (struct sockaddr *)&address, sizeof(address)))
		fprintf(stderr, "agent: no uevents: %s\n", strerror(errno));
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(kmsg, 0, SEEK_END);
	do_hello(NULL);
	send_answer();
	serve();
	if (init) {
		sync();
		reboot(RB_POWER_OFF);
	}
	return 0;
}
