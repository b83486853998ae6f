#include "facts/near_port.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "model/service.h"

enum { MISTAKES_MAX = 2, DIGITS_MAX = 6, A_MISTAKE = 2 * DIGITS_MAX };

/* Digits that both have, wherever they are. */
static unsigned in_common(const char *a, const char *b)
{
    unsigned count[2][10] = { { 0 } }, common = 0;

    for (; *a; a++)
        count[0][*a - '0']++;
    for (; *b; b++)
        count[1][*b - '0']++;
    for (size_t i = 0; i < 10; i++)
        common += count[0][i] < count[1][i] ? count[0][i] : count[1][i];
    return common;
}

static unsigned in_place(const char *a, const char *b)
{
    unsigned same = 0;

    for (; *a && *b; a++, b++)
        same += *a == *b;
    return same;
}

/* The less the likelier; among ports with as many mistakes, the digits that
 * stayed decide. 0: unlike. */
static unsigned unlikeness(uint16_t typed, uint16_t port)
{
    char a[DIGITS_MAX], b[DIGITS_MAX];

    snprintf(a, sizeof a, "%u", (unsigned)typed);
    snprintf(b, sizeof b, "%u", (unsigned)port);
    size_t mistakes = near_mistakes(a, b);
    /* Most numbers of two digits are two mistakes away from everything. */
    if (mistakes > MISTAKES_MAX || in_common(a, b) < 2)
        return 0;
    return (unsigned)mistakes * A_MISTAKE - in_common(a, b) - in_place(a, b);
}

size_t near_ports(uint16_t typed, uint16_t ports[NEAR_PORTS_MAX])
{
    unsigned worth[NEAR_PORTS_MAX];
    size_t len = 0;

    if (!typed || service_at(typed))
        return 0;
    for (const struct service *s = services; s->name; s++) {
        unsigned its = s->client ? unlikeness(typed, s->port) : 0;
        size_t at = len;
        if (!its)
            continue;
        while (at > 0 && worth[at - 1] > its)
            at--;
        if (at == NEAR_PORTS_MAX)
            continue;
        len += len < NEAR_PORTS_MAX;
        for (size_t i = len - 1; i > at; i--) {
            worth[i] = worth[i - 1];
            ports[i] = ports[i - 1];
        }
        worth[at] = its;
        ports[at] = s->port;
    }
    return len;
}
