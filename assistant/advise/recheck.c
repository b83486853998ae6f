#include "advise/recheck.h"

#include <string.h>

#include "base/shell_word.h"
#include "model/host_port.h"

enum { COMMAND_MAX = 2000 };

static void word(struct buf *b, const char *text)
{
    buf_char(b, ' ');
    shell_word(b, text);
}

void recheck_option(struct buf *b, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(b, " %s", name);
    word(b, value);
}

static void file_again(struct buf *b, const struct target *t)
{
    word(b, t->path);
    recheck_option(b, "--name", t->name);
}

/* What was looked at there, on a port that is nobody's. */
static const struct service *service_seen(const struct survey *s, uint16_t port)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].port == port && s->cells[i].asked)
            return service_find(s->cells[i].service);
    return service_find(s->target.service);
}

/* How the port is to be spoken to, where its number does not say it: as it was
 * asked for, or in the mode that the fix changes to. */
static const char *service_there(const struct survey *s, const struct fix *fix,
                                 uint16_t port)
{
    const struct service *known = service_at(port);
    const struct service *there = known ? known : service_seen(s, port);
    const char *security = json_find_text(fix->params, "security");

    if (port && there && security &&
        strcmp(security, table_text(security_words, (int)there->security)) != 0)
        return there->partner;
    return port && !known ? s->target.service : NULL;
}

/* The name and port that the fix changes to, where it does. */
static void host_again(struct buf *b, const struct survey *s,
                       const struct fix *fix)
{
    const struct target *t = &s->target;
    const char *other = json_find_text(fix->params, "hostname");
    uint16_t port =
        (uint16_t)json_find_number(fix->params, "port", (double)t->port);
    word(b, host_port_text(b->arena, other ? other : t->host, port));
    recheck_option(b, "--service", service_there(s, fix, port));
    if (!other)
        recheck_option(b, "--name", t->name);
    recheck_option(b, "--sni", t->sni);
    if (t->no_sni)
        buf_text(b, " --no-sni");
    if (t->role != ROLE_MUA)
        recheck_option(b, "--role", table_text(role_words, (int)t->role));
    recheck_option(b, "--resolver", s->resolver);
}

const char *recheck_command(struct arena *a, const struct survey *s,
                            const struct fix *fix)
{
    struct buf b;
    buf_init(&b, a, COMMAND_MAX);
    buf_text(&b, "certmend check");
    if (s->target.kind == TARGET_FILE) {
        file_again(&b, &s->target);
    } else if (s->target.kind == TARGET_DOMAIN) {
        word(&b, s->target.domain);
        buf_text(&b, " --domain");
        recheck_option(&b, "--resolver", s->resolver);
    } else {
        host_again(&b, s, fix);
    }
    return b.text;
}
