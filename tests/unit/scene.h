#ifndef CERTMEND_TESTS_SCENE_H
#define CERTMEND_TESTS_SCENE_H
/*
 * scene - a survey with real certificates, and the whole way to a plan
 *
 * For tests of what is proven by judging again. Certificates are minted; what
 * is not SCENE_STRANGER hangs below a root that the scene trusts.
 */
#include "advise/advise.h"
#include "crypto/anchors.h"
#include "model/plan.h"
#include "model/probe_request.h"
#include "moment.h"

enum scene_chain {
    SCENE_FULL,     /* leaf and intermediate are sent */
    SCENE_LEAF,     /* the leaf alone */
    SCENE_FETCHED,  /* the leaf alone; the intermediate was fetched */
    SCENE_STRANGER, /* all is sent, the root too, and nobody trusts it */
};

struct scene_cert {
    const char *names; /* "mail.example.com *.example.net" */
    enum scene_chain chain;
    int ends_in_days; /* 0: 60; it begins 90 days before its end */
};

struct scene {
    struct arena *arena;
    struct survey *survey;
    struct anchors *anchors;
    const struct rules *rules;
    struct findings found;
    struct plan plan;
};

/* A bare host, role mua. */
void scene_open(struct scene *at, const char *host);
void scene_close(struct scene *at);

/* Handle of a chain, for scene_cell(). */
size_t scene_cert(struct scene *at, const struct scene_cert *spec);

/* A look at host:port on one address, everything worked. asked: as a first pass
 * does it, host is the target then. */
struct cell *scene_cell(struct scene *at, const char *host, const char *address,
                        uint16_t port, size_t cert);

void scene_address(struct scene *at, const char *host, const char *address);
void scene_record(struct scene *at, const char *name, enum dns_type type,
                  const char *host);

/* Verdicts, checks, rules, proofs, words. */
void scene_judge(struct scene *at);

const struct fix *scene_fix(const struct scene *at, const char *id);
bool scene_fix_has_name(const struct fix *fix, const char *name);

#endif
