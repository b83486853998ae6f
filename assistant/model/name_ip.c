#include "model/name.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { IP4_LEN = 4, IP6_LEN = 16, GROUPS = 8, IP_TEXT_MAX = 45 };

size_t name_ip_bytes(const char *text, uint8_t out[16])
{
    uint8_t bytes[IP6_LEN];

    if (!text)
        return 0;
    /* inet_pton() takes four plain decimals and nothing that inet_aton() does
     * beyond them (POSIX). */
    if (inet_pton(AF_INET, text, bytes) == 1) {
        memcpy(out, bytes, IP4_LEN);
        return IP4_LEN;
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
        memcpy(out, bytes, IP6_LEN);
        return IP6_LEN;
    }
    return 0;
}

bool name_is_ip(const char *text)
{
    uint8_t bytes[IP6_LEN];

    return name_ip_bytes(text, bytes) != 0;
}

/* RFC 5952 4.2: the longest run of zero groups, two at least, the first of
 * equals. `len` is 0 where there is none. */
struct zero_run {
    size_t at, len;
};

static struct zero_run longest_zeros(const unsigned group[GROUPS])
{
    struct zero_run best = { 0, 0 }, now = { 0, 0 };

    for (size_t i = 0; i < GROUPS; i++) {
        if (group[i]) {
            now.len = 0;
            continue;
        }
        if (!now.len++)
            now.at = i;
        if (now.len > best.len)
            best = now;
    }
    return best.len < 2 ? (struct zero_run){ 0, 0 } : best;
}

static const char *ip6_text(struct arena *a, const uint8_t *b)
{
    static const uint8_t mapped[] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
    };
    unsigned group[GROUPS];
    char text[IP_TEXT_MAX + 1] = "";
    size_t len = 0;

    /* RFC 5952 5: the well-known prefix shows the IPv4 address in it. */
    if (memcmp(b, mapped, sizeof mapped) == 0)
        return arena_printf(a, "::ffff:%u.%u.%u.%u", b[12], b[13], b[14],
                            b[15]);
    for (size_t i = 0; i < GROUPS; i++)
        group[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
    struct zero_run zeros = longest_zeros(group);
    for (size_t i = 0; i < GROUPS; i++) {
        if (zeros.len && i == zeros.at) {
            i += zeros.len - 1;
            text[len++] = ':';
            if (i == GROUPS - 1)
                text[len++] = ':';
            continue;
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%x",
                                i ? ":" : "", group[i]);
    }
    return arena_text_n(a, text, len);
}

const char *name_ip_text(struct arena *a, const uint8_t *bytes, size_t len)
{
    if (len == IP6_LEN)
        return ip6_text(a, bytes);
    if (len == IP4_LEN)
        return arena_printf(a, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2],
                            bytes[3]);
    return NULL;
}

struct ip_block {
    const char *net;
    unsigned bits;
};

/*
 * What nobody outside can reach: the IANA IPv4 and IPv6 special-purpose
 * address registries (RFC 6890), rows that are not globally reachable, and
 * multicast (RFC 5771, RFC 4291 2.7).
 */
static const struct ip_block special[] = {
    { "0.0.0.0", 8 },       /* RFC 791 3.2, this network */
    { "10.0.0.0", 8 },      /* RFC 1918 */
    { "100.64.0.0", 10 },   /* RFC 6598, carrier-grade NAT */
    { "127.0.0.0", 8 },     /* RFC 1122 3.2.1.3, loopback */
    { "169.254.0.0", 16 },  /* RFC 3927, link local */
    { "172.16.0.0", 12 },   /* RFC 1918 */
    { "192.0.0.0", 24 },    /* RFC 6890 2.1 */
    { "192.0.2.0", 24 },    /* RFC 5737, documentation */
    { "192.168.0.0", 16 },  /* RFC 1918 */
    { "198.18.0.0", 15 },   /* RFC 2544, benchmarks */
    { "198.51.100.0", 24 }, /* RFC 5737 */
    { "203.0.113.0", 24 },  /* RFC 5737 */
    { "224.0.0.0", 4 },     /* multicast */
    { "240.0.0.0", 4 },     /* RFC 1112 4, and the broadcast address */
    { "::", 128 },          /* RFC 4291 2.5.2 */
    { "::1", 128 },         /* RFC 4291 2.5.3 */
    { "::ffff:0:0", 96 },   /* RFC 4291 2.5.5.2, mapped */
    { "64:ff9b:1::", 48 },  /* RFC 8215, local translation */
    { "100::", 64 },        /* RFC 6666, discard */
    { "100:0:0:1::", 64 },  /* RFC 9780, dummy prefix */
    { "2001::", 23 },       /* RFC 2928, IETF protocols */
    { "2001:db8::", 32 },   /* RFC 3849, documentation */
    { "3fff::", 20 },       /* RFC 9637, documentation */
    { "5f00::", 16 },       /* RFC 9602, segment routing */
    { "fc00::", 7 },        /* RFC 4193, unique local */
    { "fe80::", 10 },       /* RFC 4291 2.5.6, link local */
    { "fec0::", 10 },       /* RFC 3879, the former site local */
    { "ff00::", 8 },        /* multicast */
};

/* Rows of the registries inside a block above that are reachable. */
static const struct ip_block reachable[] = {
    { "192.0.0.9", 32 },    /* RFC 7723, PCP anycast */
    { "192.0.0.10", 32 },   /* RFC 8155, TURN anycast */
    { "2001::", 32 },       /* RFC 4380, Teredo: by relays */
    { "2001:1::1", 128 },   /* RFC 7723 */
    { "2001:1::2", 128 },   /* RFC 8155 */
    { "2001:1::3", 128 },   /* RFC 9665 */
    { "2001:3::", 32 },     /* RFC 7450, AMT */
    { "2001:4:112::", 48 }, /* RFC 7535, AS112 */
    { "2001:20::", 28 },    /* RFC 7343, ORCHIDv2 */
    { "2001:30::", 28 },    /* RFC 9374, drone identifiers */
};

static const struct ip_block loopback[] = {
    { "127.0.0.0", 8 },
    { "::1", 128 },
    { "::ffff:127.0.0.0", 104 },
};

static bool is_inside(const struct ip_block *block, const uint8_t *ip,
                      size_t len)
{
    uint8_t net[IP6_LEN] = { 0 };
    size_t whole = block->bits / 8;
    unsigned rest = block->bits % 8;

    if (name_ip_bytes(block->net, net) != len || memcmp(net, ip, whole) != 0)
        return false;
    return rest == 0 || (net[whole] ^ ip[whole]) >> (8 - rest) == 0;
}

static bool is_in_any(const struct ip_block *blocks, size_t count,
                      const uint8_t *ip, size_t len)
{
    for (size_t i = 0; len && i < count; i++)
        if (is_inside(&blocks[i], ip, len))
            return true;
    return false;
}

static bool is_private(const uint8_t *ip, size_t len)
{
    return is_in_any(special, sizeof special / sizeof *special, ip, len) &&
           !is_in_any(reachable, sizeof reachable / sizeof *reachable, ip, len);
}

static bool read_block(const char *text, char net[IP_TEXT_MAX + 1],
                       struct ip_block *out)
{
    uint8_t bytes[IP6_LEN];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : 0;
    unsigned bits = 0;

    if (!len || len > IP_TEXT_MAX || !slash[1])
        return false;
    memcpy(net, text, len);
    net[len] = '\0';
    size_t bytes_len = name_ip_bytes(net, bytes);
    for (const char *p = slash + 1; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        bits = bits * 10 + (unsigned)(*p - '0');
        if (bits > bytes_len * 8)
            return false;
    }
    for (size_t bit = bits; bit < bytes_len * 8; bit++)
        if (bytes[bit / 8] & 0x80 >> bit % 8)
            return false;
    *out = (struct ip_block){ net, bits };
    return bytes_len != 0;
}

bool name_is_ip_range(const char *text)
{
    char net[IP_TEXT_MAX + 1];
    struct ip_block block;

    return read_block(text, net, &block);
}

bool name_ip_is_in(const char *ip, const char *range)
{
    char net[IP_TEXT_MAX + 1];
    uint8_t bytes[IP6_LEN];
    size_t len = name_ip_bytes(ip, bytes);
    struct ip_block block;

    return len && read_block(range, net, &block) &&
           is_inside(&block, bytes, len);
}

bool name_ip_is_private(const char *ip)
{
    uint8_t bytes[IP6_LEN];

    return is_private(bytes, name_ip_bytes(ip, bytes));
}

bool name_ip_is_loopback(const char *ip)
{
    uint8_t bytes[IP6_LEN];
    size_t len = name_ip_bytes(ip, bytes);

    return is_in_any(loopback, sizeof loopback / sizeof *loopback, bytes, len);
}

/* IPv6 blocks whose addresses carry an IPv4 one, and where in it. */
static const struct {
    struct ip_block block;
    size_t at;    /* byte of the first */
    uint8_t flip; /* of each */
} carriers[] = {
    { { "::ffff:0:0", 96 }, 12, 0 },     /* RFC 4291 2.5.5.2, mapped */
    { { "::ffff:0:0:0", 96 }, 12, 0 },   /* RFC 2765 2.1, translated */
    { { "64:ff9b::", 96 }, 12, 0 },      /* RFC 6052 2.1, NAT64 */
    { { "64:ff9b:1::", 48 }, 12, 0 },    /* RFC 8215, NAT64 in one network */
    { { "2002::", 16 }, 2, 0 },          /* RFC 3056 2, 6to4 */
    { { "2001::", 32 }, 12, UINT8_MAX }, /* RFC 4380 4, Teredo */
};

static const struct {
    struct ip_block block;
    enum ip_reach reach;
} reaches[] = {
    { { "0.0.0.0", 8 }, IP_NOWHERE }, /* Linux takes it for itself */
    { { "::", 128 }, IP_NOWHERE },
    { { "224.0.0.0", 4 }, IP_NOWHERE },
    { { "240.0.0.0", 4 }, IP_NOWHERE },
    { { "ff00::", 8 }, IP_NOWHERE },
    /* Where a rented machine is told its secrets. */
    { { "169.254.169.254", 32 }, IP_NOWHERE },
    { { "169.254.170.2", 32 }, IP_NOWHERE },
    { { "169.254.170.23", 32 }, IP_NOWHERE },
    { { "100.100.100.200", 32 }, IP_NOWHERE },
    { { "168.63.129.16", 32 }, IP_NOWHERE },
    { { "192.0.0.192", 32 }, IP_NOWHERE },
    { { "fd00:ec2::254", 128 }, IP_NOWHERE },
    { { "fd00:ec2::23", 128 }, IP_NOWHERE },
    { { "fd20:ce::254", 128 }, IP_NOWHERE },
    { { "127.0.0.0", 8 }, IP_OWN },
    { { "::1", 128 }, IP_OWN },
    { { "169.254.0.0", 16 }, IP_LINK },
    { { "fe80::", 10 }, IP_LINK },
    { { "::", 96 }, IP_NOWHERE }, /* RFC 4291 2.5.5.1, given up */
};

/* The IPv4 address inside, in place of the IPv6 one. */
static size_t unwrap(uint8_t bytes[IP6_LEN], size_t len)
{
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++) {
        if (!is_inside(&carriers[i].block, bytes, len))
            continue;
        for (size_t k = 0; k < IP4_LEN; k++)
            bytes[k] = bytes[carriers[i].at + k] ^ carriers[i].flip;
        return IP4_LEN;
    }
    return len;
}

static enum ip_reach reach_of(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof reaches / sizeof *reaches; i++)
        if (is_inside(&reaches[i].block, bytes, len))
            return reaches[i].reach;
    return is_private(bytes, len) ? IP_PRIVATE : IP_PUBLIC;
}

enum ip_reach name_ip_reach(const char *ip)
{
    uint8_t bytes[IP6_LEN];
    size_t len = name_ip_bytes(ip, bytes);

    if (!len)
        return IP_NOWHERE;
    enum ip_reach reach = reach_of(bytes, unwrap(bytes, len));
    /* Mapped and the like are special themselves, whatever they carry. */
    return reach == IP_PUBLIC && name_ip_is_private(ip) ? IP_PRIVATE : reach;
}

enum ip_reach name_ip_farther(enum ip_reach one, enum ip_reach other)
{
    return one < other ? one : other;
}

bool name_ip_may_lead(enum ip_reach from, enum ip_reach to)
{
    if (to == IP_PUBLIC)
        return true;
    if (to == IP_PRIVATE)
        return from == IP_PRIVATE || from == IP_OWN;
    return to == from && to != IP_NOWHERE;
}

static const char *reverse6(struct arena *a, const uint8_t *bytes)
{
    static const char suffix[] = "ip6.arpa";
    char text[4 * IP6_LEN + sizeof suffix];

    for (size_t i = 0; i < IP6_LEN; i++) {
        uint8_t byte = bytes[IP6_LEN - 1 - i];
        snprintf(text + 4 * i, sizeof text - 4 * i, "%x.%x.", byte & 15u,
                 (unsigned)byte >> 4);
    }
    memcpy(text + 4 * IP6_LEN, suffix, sizeof suffix);
    return arena_text(a, text);
}

const char *name_reverse(struct arena *a, const char *ip)
{
    uint8_t b[IP6_LEN];
    size_t len = name_ip_bytes(ip, b);

    if (len == IP6_LEN)
        return reverse6(a, b);
    if (len == IP4_LEN)
        return arena_printf(a, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1],
                            b[0]);
    return NULL;
}
