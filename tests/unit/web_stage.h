#ifndef CERTMEND_TESTS_WEB_STAGE_H
#define CERTMEND_TESTS_WEB_STAGE_H
/*
 * web_stage - a web server in a process of its own, and browsers that behave
 * as badly as they like
 */
#include "net/web_server.h"

#include <stddef.h>
#include <sys/types.h>

#if defined(__SANITIZE_ADDRESS__)
enum { ROOMY = 30 }; /* what was freed is kept back */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { ROOMY = 30 };
#else
enum { ROOMY = 1 };
#endif
#else
enum { ROOMY = 1 };
#endif

#define GET(path) "GET " path " HTTP/1.1\r\nHost: ours\r\n\r\n"
#define LAST(path)                                                             \
    "GET " path " HTTP/1.1\r\nHost: ours\r\nConnection: close\r\n\r\n"
#define POST(header, body)                                                     \
    "POST /echo HTTP/1.1\r\nHost: ours\r\nOrigin: http://ours\r\n"             \
    "Content-Type: application/x-www-form-urlencoded\r\n" header "\r\n" body

struct web_stage {
    pid_t pid; /* 0: closed */
    uint16_t port;
    int says; /* its standard error */
};

/*
 * One at a time. It answers /hello with the client's address; /echo with the
 * field "what"; /later after 100 ms; /never not at all; /left with how many
 * browsers left before they had an answer; /stream with an event each 20 ms,
 * /flood with 1 KB each; /big with 1 MB; anything else as /hello. Other servers
 * that listen: the responders of http-01 and tls-alpn-01.
 */
void web_stage_open(struct web_stage *at, const struct web_server_options *o);
void web_stage_open_http01(struct web_stage *at);
void web_stage_open_alpn(struct web_stage *at);
/* No descriptor is free in it, until that is taken back. */
void web_stage_use_up(const struct web_stage *at, bool used_up);
/* It was told to end and ended well. What was heard goes with it. */
void web_stage_close(struct web_stage *at);
size_t web_stage_memory(const struct web_stage *at); /* resident, KB */
size_t web_stage_files(const struct web_stage *at);
int64_t web_stage_cpu_ms(const struct web_stage *at);

int web_stage_dial(const struct web_stage *at);
void web_stage_say(int fd, const char *words);
/* Up to the end, or as long as `ms`; NUL-terminated. *ended: it hung up. */
const char *web_stage_hear(int fd, int64_t ms, bool *ended);
/* A connection of its own, up to its end, within 2 s. */
const char *web_stage_ask(const struct web_stage *at, const char *words);
/* 0: there is none. */
int web_stage_status(const char *answer);

#endif
