#ifndef CERTMEND_TESTS_SURVEY_BUILDER_H
#define CERTMEND_TESTS_SURVEY_BUILDER_H
/*
 * survey_builder - surveys made by hand, for tests of pure code
 *
 * Certificates are facts only, their DER a running number; verdicts follow
 * simple rules: a name is covered when it stands there or one "*." covers it,
 * a chain is trusted when it comes from BUILT_PUBLIC and is sent in full.
 * What a case needs to be otherwise it changes in the cell it gets back.
 */
#include "model/survey.h"
#include "moment.h"

enum built_issuer {
    BUILT_PUBLIC,  /* an intermediate of a trusted root */
    BUILT_SELF,    /* self-signed */
    BUILT_PRIVATE, /* a root that nobody here knows, sent along */
};

enum built_chain {
    BUILT_FULL,      /* leaf and intermediate (or private root) */
    BUILT_LEAF_ONLY, /* the leaf alone */
    BUILT_REPAIRED,  /* the leaf alone; the intermediate was fetched */
};

/* A certificate; what is zero gets the healthy value. */
struct built_cert {
    const char *names; /* "mail.example.com *.example.net IP:192.0.2.1" */
    const char *cn;    /* NULL: none */
    enum built_issuer issuer;
    enum built_chain chain;
    int starts_in_days; /* 0: -1 */
    int ends_in_days;   /* 0: 60 */
};

/* A host (bare, role mua), a healthy DNS answer still to be added. */
struct survey *build_survey(struct arena *a, const char *host);

/* The index of the leaf in survey.certs. */
size_t build_cert(struct survey *s, const struct built_cert *spec);

/* Puts `leaf` and its chain on address:port, every step worked, SNI as the
 * target sends it, verdict filled in. The pointer is good until the next. */
struct cell *build_cell(struct survey *s, const char *address, uint16_t port,
                        size_t leaf);

/* The same, looked at without SNI. */
struct cell *build_cell_without_sni(struct survey *s, const char *address,
                                    uint16_t port, size_t leaf);

/* A cell whose dialogue ended early: nothing beyond connecting was tried. */
struct cell *build_dead_cell(struct survey *s, const char *address,
                             uint16_t port, enum outcome connect);

/* Verdict and chain again, after the host or the leaf was changed. */
void build_verdict(struct survey *s, struct cell *c, size_t leaf);

/* One record: `value` is an address for A and AAAA, a host for the rest. */
void build_record(struct survey *s, const char *name, enum dns_type type,
                  const char *value);
void build_answer(struct survey *s, const char *name, enum dns_type type,
                  enum dns_outcome outcome);

/* The leaf's facts, to be changed. */
struct cert *built_cert(struct survey *s, size_t leaf);

#endif
