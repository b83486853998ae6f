/*
 * Any request at the gate: the first line is "METHOD target", the others are
 * header lines, a last one begins with "|" and names origin, proxy and peer of
 * the place. What comes in is plain, and by a way that we serve.
 */
#include "model/name.h"
#include "net/web_gate.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES_ROOM = 100 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static const char *line(struct arena *a, const uint8_t **at, size_t *left)
{
    const uint8_t *end = *left ? memchr(*at, '\n', *left) : NULL;
    size_t len = end ? (size_t)(end - *at) : *left;
    const char *text = arena_text_n(a, (const char *)*at, len);

    len += end != NULL;
    *at += len;
    *left -= len;
    return text;
}

static size_t count(const struct web_gate_request *q, const char *name)
{
    size_t len = 0;

    for (size_t i = 0; i < q->len; i++)
        len += strcmp(q->lines[i].name, name) == 0;
    return len;
}

static void check_pass(const struct web_gate_rules *r,
                       const struct web_gate_request *q,
                       const struct web_gate_pass *p)
{
    bool post = p->method == WEB_POST;

    check(p->path[0] == '/' && !strstr(p->path, "//") &&
          !strstr(p->path, ".."));
    for (const char *c = p->path; *c; c++)
        check(isalnum((unsigned char)*c) || strchr("/-_.", *c));
    check(strncmp(q->target, p->path, strlen(p->path)) == 0);
    check(strcmp(q->method, post ? "POST" : "GET") == 0);
    check(p->cookie && p->accept_language);
    check(!post || count(q, "Origin") <= 1);
    check(count(q, "Transfer-Encoding") == 0);
    check(!r->proxy ||
          (strcmp(q->peer, r->proxy) == 0 && name_is_ip(p->client)));
    check(r->proxy || p->client == q->peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *hosts[] = { "127.0.0.1:8080", "localhost:8080" };
    struct arena *a = arena_new();
    struct web_gate_line lines[LINES_ROOM];
    struct web_gate_rules r = { .hosts = { hosts, 2 } };
    struct web_gate_request q = { .lines = lines, .peer = "127.0.0.1" };
    struct web_gate_pass pass = { .path = NULL };
    const char *first = line(a, &data, &size);

    q.method = arena_text_n(a, first, strcspn(first, " "));
    q.target = strchr(first, ' ') ? strchr(first, ' ') + 1 : "";
    while (size && q.len < LINES_ROOM) {
        const char *text = line(a, &data, &size);
        size_t colon = strcspn(text, ":");
        if (text[0] == '|') {
            r.origin = strchr(text, 'o') ? "https://check.example.org" : NULL;
            r.proxy = strchr(text, 'p') ? "127.0.0.1" : NULL;
            q.peer = strchr(text, 'x') ? "192.0.2.1" : "127.0.0.1";
            continue;
        }
        lines[q.len++] = (struct web_gate_line){
            arena_text_n(a, text, colon),
            text[colon] ? text + colon + 1 + (text[colon + 1] == ' ') : "",
        };
    }
    const struct web_gate_refusal *no = web_gate_judge(a, &r, &q, &pass);
    check(!no == (pass.path != NULL));
    if (no)
        check(no->status >= 400 && no->status < 500 && no->words[0]);
    else
        check_pass(&r, &q, &pass);
    arena_free(a);
    return 0;
}
