#include "dns_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

enum {
    HEADER_LEN = 12,
    UDP_MAX = 1200,
    TRIES_MAX = 20,
    RCODE_SERVFAIL = 2,
    RCODE_NXDOMAIN = 3,
    TYPE_CNAME = 5,
    TYPE_SOA = 6,
    ALIASES = 8,
};

static void put(struct message *m, const void *bytes, size_t len)
{
    if (len > sizeof m->bytes - m->len)
        return;
    memcpy(m->bytes + m->len, bytes, len);
    m->len += len;
}

static void put_16(struct message *m, unsigned n)
{
    uint8_t bytes[] = { (uint8_t)(n >> 8), (uint8_t)n };

    put(m, bytes, sizeof bytes);
}

static void put_name(struct message *m, const char *name)
{
    while (*name) {
        uint8_t len = (uint8_t)strcspn(name, ".");
        put(m, &len, 1);
        put(m, name, len);
        name += len + (name[len] == '.');
    }
    put(m, "", 1);
}

void message_begin(struct message *m, const char *name, uint16_t type,
                   int rcode)
{
    m->len = 0;
    put_16(m, 0);
    put_16(m, 0x8580u | (unsigned)rcode); /* QR AA RD RA */
    put(m, "\0\1\0\0\0\0\0\0", 8);
    put_name(m, name);
    put_16(m, type);
    put_16(m, 1);
}

static void put_record(struct message *m, const struct zone_record *record,
                       uint32_t ttl_s, size_t count_at)
{
    put_name(m, record->owner);
    put_16(m, record->type);
    put_16(m, 1);
    put_16(m, ttl_s >> 16);
    put_16(m, ttl_s & 0xffff);
    put_16(m, (unsigned)record->len);
    put(m, record->rdata, record->len);
    m->bytes[count_at + 1]++;
}

void message_add(struct message *m, const struct zone_record *record,
                 uint32_t ttl_s)
{
    put_record(m, record, ttl_s, 6);
}

/* RFC 2308: who says no says so with the SOA. */
static void add_soa(struct message *m)
{
    static const struct zone_record soa = {
        .owner = "",
        .type = TYPE_SOA,
        RDATA("\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1"),
    };

    put_record(m, &soa, 1, 8);
}

/* Reads the question; 0: there is none. */
static uint16_t read_question(const uint8_t *bytes, size_t len, char name[256])
{
    size_t at = HEADER_LEN, out = 0;

    while (at < len && bytes[at] && out + bytes[at] + 1u < 256) {
        size_t label = bytes[at++];
        if (at + label >= len)
            return 0;
        memcpy(name + out, bytes + at, label);
        out += label;
        name[out++] = '.';
        at += label;
    }
    name[out ? out - 1 : 0] = '\0';
    if (at + 2 >= len)
        return 0;
    return (uint16_t)(bytes[at + 1] << 8 | bytes[at + 2]);
}

static bool begins(const char *name, const char *with)
{
    return strncasecmp(name, with, strlen(with)) == 0;
}

/* The name a CNAME leads to, as text; NULL: there is no CNAME. */
static const char *answer_one(const struct zone_record *zone, struct message *m,
                              const char *owner, uint16_t type, bool *known)
{
    static char target[256];
    const char *next = NULL;

    for (const struct zone_record *z = zone; z->owner; z++) {
        if (strcasecmp(z->owner, owner) != 0)
            continue;
        *known = true;
        if (z->type == type)
            message_add(m, z, RECORD_TTL_S);
        if (z->type != TYPE_CNAME || type == TYPE_CNAME)
            continue;
        message_add(m, z, RECORD_TTL_S);
        uint8_t connection[HEADER_LEN + 256 + 4] = { 0 };
        memcpy(connection + HEADER_LEN, z->rdata, z->len);
        read_question(connection, sizeof connection, target);
        next = target;
    }
    return next;
}

static bool answer(const struct zone_record *zone, const uint8_t *query,
                   size_t len, bool tcp, struct message *m)
{
    char name[256] = "";
    uint16_t type = len > HEADER_LEN ? read_question(query, len, name) : 0;
    const char *owner = begins(name, "liar") ? "other.lab" : name;
    bool known = false;

    if (!type || begins(name, "silent"))
        return false;
    message_begin(m, name, type, begins(name, "servfail") ? RCODE_SERVFAIL : 0);
    for (int i = 0; owner && i < ALIASES; i++)
        owner = answer_one(zone, m, owner, type, &known);
    if (!known && !begins(name, "servfail"))
        m->bytes[3] |= RCODE_NXDOMAIN;
    if (m->bytes[7] == 0)
        add_soa(m);
    memcpy(m->bytes, query, 2);
    if (begins(name, "junk"))
        m->len -= 7;
    if (m->len > UDP_MAX && !tcp) {
        m->bytes[2] |= 2; /* TC */
        m->bytes[7] = 0;
        m->len = HEADER_LEN + strlen(name) + 2 + 4;
    }
    return true;
}

static void serve_udp(int fd, const struct zone_record *zone)
{
    static struct message m;
    uint8_t query[4096];
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    ssize_t len = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&from,
                           &from_len);

    if (len > 0 && answer(zone, query, (size_t)len, false, &m))
        sendto(fd, m.bytes, m.len, 0, (struct sockaddr *)&from, from_len);
}

static void serve_tcp(int listener, const struct zone_record *zone)
{
    static struct message m;
    uint8_t query[4096];
    int fd = accept(listener, NULL, NULL);
    ssize_t len = recv(fd, query, sizeof query, 0);

    if (len > 2 && answer(zone, query + 2, (size_t)len - 2, true, &m)) {
        uint8_t size[] = { (uint8_t)(m.len >> 8), (uint8_t)m.len };
        send(fd, size, sizeof size, MSG_NOSIGNAL);
        send(fd, m.bytes, m.len, MSG_NOSIGNAL);
    }
    close(fd);
}

const char *dns_told(struct arena *a, const struct dns_answer *answer)
{
    struct buf text;

    buf_init(&text, a, 4000);
    buf_text(&text, table_text(dns_outcome_words, (int)answer->outcome));
    for (size_t i = 0; i < answer->len; i++)
        buf_printf(&text, "%s%s", i ? "|" : ": ", answer->records[i].text);
    for (size_t i = 0; i < answer->alias_len; i++)
        buf_printf(&text, " by %s", answer->alias[i]);
    return text.text;
}

/* One port for both; another program may have one half of it. */
static bool bind_both(int *udp, int *tcp, struct sockaddr_in *at)
{
    socklen_t len = sizeof *at;

    *at = (struct sockaddr_in){ .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    *udp = socket(AF_INET, SOCK_DGRAM, 0);
    *tcp = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(*tcp, (struct sockaddr *)at, sizeof *at) == 0 &&
        getsockname(*tcp, (struct sockaddr *)at, &len) == 0 &&
        bind(*udp, (struct sockaddr *)at, sizeof *at) == 0 &&
        listen(*tcp, 16) == 0)
        return true;
    close(*udp);
    close(*tcp);
    return false;
}

struct dns_server dns_server_start(const struct zone_record *zone)
{
    struct dns_server s = { .pid = -1 };
    struct sockaddr_in at;
    int udp = -1, tcp = -1, tries = 0;

    while (!bind_both(&udp, &tcp, &at))
        if (++tries == TRIES_MAX)
            return s;
    snprintf(s.at, sizeof s.at, "127.0.0.1:%d", ntohs(at.sin_port));
    s.pid = fork();
    while (s.pid == 0) {
        struct pollfd ready[] = { { .fd = udp, .events = POLLIN },
                                  { .fd = tcp, .events = POLLIN } };
        if (poll(ready, 2, -1) < 0)
            _exit(1);
        if (ready[0].revents)
            serve_udp(udp, zone);
        if (ready[1].revents)
            serve_tcp(tcp, zone);
    }
    close(udp);
    close(tcp);
    return s;
}

void dns_server_stop(const struct dns_server *s)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
}
