#include "acme/challenge_http.h"

#include <string.h>

static const char folder[] = "/.well-known/acme-challenge/";

static void answer(void *arg, const struct http_server_request *query,
                   struct http_server_reply *reply)
{
    const struct challenge_http *h = arg;
    size_t len = sizeof folder - 1;

    if (strncmp(query->path, folder, len) != 0)
        return;
    for (size_t i = 0; i < h->tasks_len; i++) {
        const struct challenge_task *task = h->tasks[i];
        if (strcmp(query->path + len, task->token) != 0)
            continue;
        *reply = (struct http_server_reply){
            .status = 200,
            .type = "application/octet-stream",
            .body = task->response,
            .body_len = strlen(task->response),
        };
    }
}

static void present(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_http *h = arg;
    struct err err;

    if (!h->server &&
        !http_server_new(h->loop, &h->place, answer, h, &h->server, &err)) {
        done(done_arg, arena_printf(h->arena, "%s.", err.text));
        return;
    }
    h->tasks = arena_grow(h->arena, h->tasks, h->tasks_len, sizeof *h->tasks);
    h->tasks[h->tasks_len++] = task;
    done(done_arg, NULL);
}

static void cleanup(void *arg, const struct challenge_task *task,
                    challenge_done *done, void *done_arg)
{
    struct challenge_http *h = arg;
    size_t kept = 0;

    for (size_t i = 0; i < h->tasks_len; i++)
        if (h->tasks[i] != task)
            h->tasks[kept++] = h->tasks[i];
    h->tasks_len = kept;
    if (!kept)
        challenge_http_close(h);
    done(done_arg, NULL);
}

struct challenge_solver challenge_http(struct challenge_http *h)
{
    return (struct challenge_solver){ "http-01", h, present, cleanup };
}

void challenge_http_close(struct challenge_http *h)
{
    http_server_free(h->server);
    h->server = NULL;
    h->tasks_len = 0;
}
