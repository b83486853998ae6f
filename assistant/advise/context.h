#ifndef CERTMEND_ADVISE_CONTEXT_H
#define CERTMEND_ADVISE_CONTEXT_H
/*
 * context - what a survey means for advice, worked out once
 *
 * Pure; everything lives in the survey's arena. The facts of advise/facts.h
 * read it.
 */
#include "facts/candidate.h"
#include "facts/san_plan.h"
#include "model/finding.h"

struct place { /* a name and port seen clean; host NULL: there is none */
    const char *host;
    uint16_t port;
    enum security security;
};

struct context {
    const struct survey *survey;
    struct arena *arena;
    const char *asked;            /* what a certificate has to cover, or NULL */
    const char *domain;           /* its registrable domain, or NULL */
    bool issuable;                /* a public authority may certify `asked` */
    struct place candidate;       /* the best other name for the same machine */
    struct candidate_offer offer; /* ... and what is gained and lost by it */
    struct place suggestion;      /* asked name does not exist: one that does */
    const struct cell *good;      /* a clean cell of what was asked, or NULL */
    struct text_list san_plan;    /* names for a new certificate, asked first */
    struct uses uses;             /* ... and why each of them is there */
    struct text_list wildcard; /* the same with a star for those of one level;
                                  empty: not possible */
    bool wildcard_pays;
    struct text_list differ_addresses; /* show another verdict than `good` */
    struct text_list differ_ports;     /* likewise, as text */
    struct text_list missing;          /* subjects that the chains sent lack */
    struct text_list missing_names;    /* what people call these */
    bool missing_fetched;              /* all of them could be fetched */
};

void context_read(const struct survey *s, struct context *out);

/* The cell that speaks for a finding: its first faulty one, or NULL. */
const struct cell *context_cell(const struct context *now,
                                const struct finding *f);

/* A cell whose fault is one: asked, seen as clients do, TLS, not clean, on a
 * port that counts for the target's role. */
bool context_is_faulty(const struct context *now, const struct cell *c);

#endif
