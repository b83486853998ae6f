#include "acme/challenge_alpn.h"

#include <string.h>

#include "crypto/alpn_cert.h"
#include "model/name.h"

struct alpn_shown {
    const struct challenge_task *task;
    const char *sni;
    struct alpn_cert cert;
    char *key_pem; /* to be wiped */
    size_t key_len;
};

static const struct alpn_cert *choose(void *arg, const char *sni)
{
    const struct challenge_alpn *c = arg;

    for (size_t i = 0; i < c->shown_len; i++)
        if (strcmp(c->shown[i].sni, sni) == 0)
            return &c->shown[i].cert;
    return NULL;
}

static bool make(struct challenge_alpn *c, const struct challenge_task *task,
                 struct alpn_shown *out, struct err *err)
{
    struct alpn_cert_pem made;
    bool is_ip = name_is_ip(task->name);
    struct alpn_shown shown = {
        .task = task,
        .sni = is_ip ? name_reverse(c->arena, task->name) : task->name,
    };

    if (!alpn_cert_make(c->arena, task->name, task->response, &made, err))
        return false;
    bool wrote =
        key_pem(made.key, NULL, c->arena, &shown.key_pem, &shown.key_len, err);
    key_free(made.key);
    if (!wrote)
        return false;
    shown.cert = (struct alpn_cert){ made.der, made.der_len, shown.key_pem };
    *out = shown;
    return true;
}

static bool open_server(struct challenge_alpn *c, struct err *err)
{
    const struct alpn_request order = {
        .loop = c->loop,
        .place = c->place,
        .protocol = ACME_CERT_ALPN,
        .choose = choose,
        .arg = c,
    };

    return c->server || alpn_server_new(&order, &c->server, err);
}

static void present(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_alpn *c = arg;
    struct alpn_shown shown;
    struct err err;

    if (!open_server(c, &err) || !make(c, task, &shown, &err)) {
        done(done_arg, arena_printf(c->arena, "%s.", err.text));
        return;
    }
    c->shown = arena_grow(c->arena, c->shown, c->shown_len, sizeof *c->shown);
    c->shown[c->shown_len++] = shown;
    done(done_arg, NULL);
}

static void cleanup(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_alpn *c = arg;
    size_t kept = 0;

    for (size_t i = 0; i < c->shown_len; i++) {
        struct alpn_shown *shown = &c->shown[i];
        if (shown->task == task)
            key_wipe(shown->key_pem, shown->key_len);
        else
            c->shown[kept++] = *shown;
    }
    c->shown_len = kept;
    if (!kept)
        challenge_alpn_close(c);
    done(done_arg, NULL);
}

struct challenge_solver challenge_alpn(struct challenge_alpn *c)
{
    return (struct challenge_solver){ "tls-alpn-01", c, present, cleanup };
}

void challenge_alpn_close(struct challenge_alpn *c)
{
    alpn_server_free(c->server);
    c->server = NULL;
    for (size_t i = 0; i < c->shown_len; i++)
        key_wipe(c->shown[i].key_pem, c->shown[i].key_len);
    c->shown_len = 0;
}
