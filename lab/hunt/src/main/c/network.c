/* SPDX-License-Identifier: Apache-2.0 */
/* The network namespace that the hunter owns: addresses, two links with one link-local address, and listeners. */
#include "hunter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTENERS 8
#define RESET_PORT 2002
/* The listeners here accept no connection and their queues are full, so a connect to them waits. */
static const char *const FULL[] = { "4/10.9.1.1/2003", "6/fe80::1/2003/hunt0", "6/fe80::1/2003/hunt1",
				    "6/fd00::1/2003" };

struct in6_ifreq_of_kernel {
	struct in6_addr address;
	uint32_t prefix;
	int index;
};

static int listeners[LISTENERS];
static int listener_count;

/* Reads family/host/port[/interface]: 4/10.9.1.1/1000, 6/fe80::1/1000/hunt0, u/name, n/port/groups, x. */
bool parse_address(const char *text, struct address *address)
{
	char copy[128], *rest = copy, *family, *host, *port, *link;

	memset(address, 0, sizeof(*address));
	snprintf(copy, sizeof(copy), "%s", text);
	family = strtok_r(rest, "/", &rest);
	host = strtok_r(rest, "/", &rest);
	port = strtok_r(rest, "/", &rest);
	link = strtok_r(rest, "/", &rest);
	if (!family)
		return false;
	if (*family == 'x') {
		address->length = sizeof(struct sockaddr_in);
		return true;
	}
	if (!host)
		return false;
	if (*family == '4' && port) {
		struct sockaddr_in *in = (struct sockaddr_in *)&address->bytes;

		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)atoi(port));
		address->length = sizeof(*in);
		return inet_pton(AF_INET, host, &in->sin_addr) == 1;
	}
	if (*family == '6' && port) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->bytes;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)atoi(port));
		in6->sin6_scope_id = link ? if_nametoindex(link) : 0;
		address->length = sizeof(*in6);
		return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
	}
	if (*family == 'u') {
		struct sockaddr_un *un = (struct sockaddr_un *)&address->bytes;

		un->sun_family = AF_UNIX;
		snprintf(un->sun_path + 1, sizeof(un->sun_path) - 1, "%s", host);
		address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(host));
		return true;
	}
	if (*family == 'n') {
		struct sockaddr_nl *nl = (struct sockaddr_nl *)&address->bytes;

		nl->nl_family = AF_NETLINK;
		nl->nl_pid = (uint32_t)atoi(host);
		nl->nl_groups = port ? (uint32_t)atoi(port) : 0;
		address->length = sizeof(*nl);
		return true;
	}
	return false;
}

static void set_up(int sock, const char *name)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	ioctl(sock, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	ioctl(sock, SIOCSIFFLAGS, &request);
}

static void add_address(int sock, const char *name, const char *text)
{
	struct ifreq request;
	struct sockaddr_in *in = (struct sockaddr_in *)&request.ifr_addr;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, text, &in->sin_addr);
	ioctl(sock, SIOCSIFADDR, &request);
}

static struct rtattr *put(struct nlmsghdr *message, int type, const void *data, size_t length)
{
	struct rtattr *attribute = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));

	attribute->rta_type = (unsigned short)type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attribute), data, length);
	message->nlmsg_len = (uint32_t)(NLMSG_ALIGN(message->nlmsg_len) + RTA_ALIGN(attribute->rta_len));
	return attribute;
}

static void end(struct nlmsghdr *message, struct rtattr *attribute)
{
	attribute->rta_len = (unsigned short)((char *)message + message->nlmsg_len - (char *)attribute);
}

/* Adds a veth pair; build_network gives both links the same link-local address. */
static void add_links(void)
{
	union {
		struct nlmsghdr header;
		char room[512];
	} message;
	struct nlmsghdr *header = &message.header;
	struct ifinfomsg none;
	int sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	memset(&message, 0, sizeof(message));
	memset(&none, 0, sizeof(none));
	header->nlmsg_len = NLMSG_LENGTH(sizeof(none));
	header->nlmsg_type = RTM_NEWLINK;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
	put(header, IFLA_IFNAME, "hunt0", sizeof("hunt0"));
	struct rtattr *info = put(header, IFLA_LINKINFO, NULL, 0);

	put(header, IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = put(header, IFLA_INFO_DATA, NULL, 0);
	struct rtattr *peer = put(header, VETH_INFO_PEER, &none, sizeof(none));

	put(header, IFLA_IFNAME, "hunt1", sizeof("hunt1"));
	end(header, peer);
	end(header, data);
	end(header, info);
	if (sock >= 0 && send(sock, header, header->nlmsg_len, 0) > 0)
		recv(sock, &message, sizeof(message), 0);
	close(sock);
}

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0 && write(fd, value, strlen(value)) < 0)
		perror(path);
	close(fd);
}

static void add_address6(int sock, const char *name, const char *address)
{
	struct in6_ifreq_of_kernel request = { .prefix = 64, .index = (int)if_nametoindex(name) };
	char path[128];

	if (!request.index)
		return;
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/accept_dad", name);
	write_setting(path, "0");
	set_up(sock, name);
	inet_pton(AF_INET6, address, &request.address);
	int six = socket(AF_INET6, SOCK_DGRAM, 0);

	ioctl(six, SIOCSIFADDR, &request);
	close(six);
}

void build_network(void)
{
	if (unshare(CLONE_NEWNET)) {
		perror("unraced-hunter: a network namespace");
		exit(1);
	}
	int sock = socket(AF_INET, SOCK_DGRAM, 0);

	set_up(sock, "lo");
	add_address(sock, "lo:1", "10.9.1.1");
	add_address(sock, "lo:2", "10.9.2.1");
	add_links();
	add_address6(sock, "hunt0", "fe80::1");
	add_address6(sock, "hunt0", "fd00::1");
	add_address6(sock, "hunt1", "fe80::1");
	close(sock);
}

static void listen_at(const char *text, int type)
{
	struct address address;
	int one = 1;

	if (listener_count == LISTENERS || !parse_address(text, &address))
		return;
	int low = socket(address.bytes.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int fd = fcntl(low, F_DUPFD_CLOEXEC, HIGH_FD);

	close(low);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address.bytes, address.length) ||
	    (type == SOCK_STREAM && listen(fd, 512))) {
		perror(text);
		close(fd);
		return;
	}
	if (type == SOCK_STREAM)
		listeners[listener_count++] = fd;
}

/* A connection that is never accepted fills the queue of this listener. */
static void listen_in_vain(const char *text)
{
	struct address address;
	int one = 1;

	parse_address(text, &address);
	int sock = socket(address.bytes.ss_family, SOCK_STREAM, 0);
	int filler = socket(address.bytes.ss_family, SOCK_STREAM, 0);

	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(sock, (struct sockaddr *)&address.bytes, address.length) || listen(sock, 0) ||
	    connect(filler, (struct sockaddr *)&address.bytes, address.length))
		perror(text);
	fcntl(sock, F_DUPFD_CLOEXEC, HIGH_FD);
	fcntl(filler, F_DUPFD_CLOEXEC, HIGH_FD);
	close(sock);
	close(filler);
}

void listen_everywhere(void)
{
	for (size_t i = 0; i < sizeof(FULL) / sizeof(FULL[0]); i++)
		listen_in_vain(FULL[i]);
	listen_at("4/10.9.1.1/2001", SOCK_STREAM);
	listen_at("4/10.9.2.1/2001", SOCK_STREAM);
	listen_at("4/10.9.1.1/2002", SOCK_STREAM);
	listen_at("u/s1", SOCK_STREAM);
	listen_at("u/s2", SOCK_STREAM);
	listen_at("u/d1", SOCK_DGRAM);
	listen_at("u/d2", SOCK_DGRAM);
}

/* One port resets each connection at once; the others close it in order. */
static void accept_one(int listener)
{
	struct sockaddr_in own;
	socklen_t length = sizeof(own);
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		if (!getsockname(fd, (struct sockaddr *)&own, &length) && own.sin_family == AF_INET &&
		    ntohs(own.sin_port) == RESET_PORT)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		close(fd);
	}
}

void accept_all(int millis)
{
	struct pollfd polled[LISTENERS];

	for (int i = 0; i < listener_count; i++) {
		polled[i].fd = listeners[i];
		polled[i].events = POLLIN;
	}
	if (poll(polled, (nfds_t)listener_count, millis) <= 0)
		return;
	for (int i = 0; i < listener_count; i++) {
		if (polled[i].revents & POLLIN)
			accept_one(listeners[i]);
	}
}
