#ifndef CERTMEND_MODEL_WISH_H
#define CERTMEND_MODEL_WISH_H
/*
 * wish - what else has to be looked at
 *
 * Pure code lists wishes from a survey; probe/ fulfils them and adds what it
 * saw to the same survey.
 */
#include "model/name.h"
#include "model/survey.h"

struct look_wish {
    const char *host; /* resolved first; every address is looked at */
    uint16_t port;
    const char *service; /* row of services[] */
};

struct question_wish {
    const char *name;
    enum dns_type type;
};

struct fetch_wish {
    const char *url;
    const char *address;    /* ask this address, or NULL: any of the host's */
    enum ip_reach named_at; /* how near to us whoever named it is: of several
                               the farthest */
};

struct wishes {
    struct arena *arena;
    struct look_wish *looks;
    size_t looks_len;
    struct question_wish *questions;
    size_t questions_len;
    struct fetch_wish *fetches;
    size_t fetches_len;
};

/* Append unless it is there, or the survey has the answer already. */
void wish_look(struct wishes *w, const struct survey *s, const char *host,
               uint16_t port);
/* The same as another service than the port is known for; again, if that has
 * to be. */
void wish_look_as(struct wishes *w, const struct survey *s, const char *host,
                  uint16_t port, const char *service);
void wish_question(struct wishes *w, const struct survey *s, const char *name,
                   enum dns_type type);
void wish_fetch(struct wishes *w, const struct survey *s, const char *url,
                const char *address, enum ip_reach named_at);

#endif
