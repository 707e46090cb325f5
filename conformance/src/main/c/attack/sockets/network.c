/* SPDX-License-Identifier: Apache-2.0 */
/* A network namespace of the actor's own, with addresses that attacks on connects need. */
#include "actor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST "ua"
#define SECOND "ub"
#define LOOPBACK 1
#define LINK_LOCAL "fe80::66"
/* The first interface leads to the others of this network, of which there are none. */
#define GLOBAL "fd66::66"

/* A request to the kernel by rtnetlink. */
struct request {
	struct nlmsghdr header;
	char rest[512];
};

static void *tail(struct request *request)
{
	return (char *)request + NLMSG_ALIGN(request->header.nlmsg_len);
}

static struct request new_request(int type, int flags, const void *body, size_t length)
{
	struct request request = {.header = {.nlmsg_len = NLMSG_HDRLEN,
					     .nlmsg_type = (unsigned short)type,
					     .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags)}};

	memcpy(tail(&request), body, length);
	request.header.nlmsg_len += NLMSG_ALIGN(length);
	return request;
}

static struct rtattr *add_attribute(struct request *request, int type, const void *value, size_t length)
{
	struct rtattr *attribute = tail(request);

	attribute->rta_type = (unsigned short)type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	if (length)
		memcpy(RTA_DATA(attribute), value, length);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

/* Closes an attribute that holds those added after it. */
static void end_attribute(struct request *request, struct rtattr *attribute)
{
	attribute->rta_len = (unsigned short)((char *)tail(request) - (char *)attribute);
}

/* Sends a request. Returns 0, or the kernel's errno. */
static int carry_out(int fd, struct request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[1024];
	} answer;

	if (send(fd, request, request->header.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		return errno;
	return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
}

static int make_pair(int fd)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
	struct request request = new_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));

	add_attribute(&request, IFLA_IFNAME, FIRST, sizeof(FIRST));
	struct rtattr *info = add_attribute(&request, IFLA_LINKINFO, NULL, 0);
	add_attribute(&request, IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = add_attribute(&request, IFLA_INFO_DATA, NULL, 0);
	struct rtattr *peer = add_attribute(&request, VETH_INFO_PEER, &link, sizeof(link));
	add_attribute(&request, IFLA_IFNAME, SECOND, sizeof(SECOND));
	end_attribute(&request, peer);
	end_attribute(&request, data);
	end_attribute(&request, info);
	return carry_out(fd, &request);
}

static int set_up(int fd, unsigned index)
{
	struct ifinfomsg link = {
		.ifi_family = AF_UNSPEC, .ifi_index = (int)index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct request request = new_request(RTM_NEWLINK, 0, &link, sizeof(link));

	return carry_out(fd, &request);
}

static int add_address(int fd, unsigned index, int family, const char *text)
{
	size_t length = family == AF_INET6 ? 16 : 4;
	struct ifaddrmsg address = {.ifa_family = (unsigned char)family,
				    .ifa_prefixlen = family == AF_INET6 ? 64 : 32,
				    .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
				    .ifa_index = index};
	struct request request = new_request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &address, sizeof(address));
	unsigned char bytes[16];

	inet_pton(family, text, bytes);
	add_attribute(&request, IFA_LOCAL, bytes, length);
	add_attribute(&request, IFA_ADDRESS, bytes, length);
	return carry_out(fd, &request);
}

static const char *build(int fd)
{
	if (set_up(fd, LOOPBACK) || add_address(fd, LOOPBACK, AF_INET, "10.66.0.1") ||
	    add_address(fd, LOOPBACK, AF_INET, "10.66.0.2"))
		return "the loopback interface takes no addresses";
	if (make_pair(fd))
		return "no veth interfaces";
	if (set_up(fd, if_nametoindex(FIRST)) || set_up(fd, if_nametoindex(SECOND)) ||
	    add_address(fd, if_nametoindex(FIRST), AF_INET6, LINK_LOCAL) ||
	    add_address(fd, if_nametoindex(FIRST), AF_INET6, GLOBAL) ||
	    add_address(fd, if_nametoindex(SECOND), AF_INET6, LINK_LOCAL))
		return "no IPv6";
	return NULL;
}

/* Makes the namespace. Returns what is missing, or NULL. */
static const char *network_make(void)
{
	if (unshare(CLONE_NEWNET))
		return "no network namespace of one's own";
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const char *missing = fd < 0 ? "no routing socket" : build(fd);

	close(fd);
	return missing;
}

bool listen_at(int *listener, const unsigned char *address, socklen_t length)
{
	int on = 1;

	*listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(*listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return !bind(*listener, (const struct sockaddr *)address, length) && !listen(*listener, 64);
}

bool is_connected(int fd)
{
	unsigned char peer[MAX_ADDRESS];
	socklen_t length = sizeof(peer);

	return !getpeername(fd, (struct sockaddr *)peer, &length);
}

bool has_peer(int fd, const unsigned char *address)
{
	unsigned char peer[MAX_ADDRESS];
	socklen_t length = sizeof(peer);

	/* The port and the address follow the family. */
	return !getpeername(fd, (struct sockaddr *)peer, &length) && !memcmp(peer + 2, address + 2, 6);
}

void command_network(void)
{
	static bool tried;
	static const char *missing;

	if (!tried)
		missing = network_make();
	tried = true;
	if (missing) {
		fail("unsupported: %s", missing);
		return;
	}
	reply_begin();
	reply("first=%u second=%u", if_nametoindex(FIRST), if_nametoindex(SECOND));
	reply_end();
}

void command_device(void)
{
	int fd = handle_get(line_text("fd"), -1), index = (int)line_number("index", 0);

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof(index))) {
		fail("unsupported: SO_BINDTOIFINDEX: %s", strerror(errno));
		return;
	}
	reply_begin();
	reply_end();
}
