#ifndef CERTMEND_RUN_IMPORT_PLAN_H
#define CERTMEND_RUN_IMPORT_PLAN_H
/*
 * import_plan - what of another client's certificates can come, and how
 *
 * Reads their files and the store, and changes neither. What cannot come says
 * why and what is missing. One that is here already stays as it is, unless the
 * other client has renewed it since.
 */
#include "act/import.h"
#include "act/store_account.h"
#include "act/store_put.h"
#include "crypto/x509_read.h"
#include "run/issue_options.h"

struct import_options {
    struct issue_options how; /* first: its rows count from here; what is said
                                 here fills in what the other client lacks */
    const char *format;
    bool stop_other, link_old;
};

enum import_state {
    IMPORT_CANNOT,
    IMPORT_COMES,
    IMPORT_IS_HERE,
    IMPORT_IS_NEWER, /* it is here, and the other client has renewed it */
    IMPORT_CAME,
    IMPORT_STATE_COUNT,
};

extern const struct word import_state_words[];

struct import_item {
    const struct import_lineage *lineage;
    enum import_state state;
    const char *why;  /* IMPORT_CANNOT: one sentence */
    const char *name; /* of the folder in the store; NULL: not known */
    struct wanted_names names;
    const char *key_kind; /* "rsa2048"; "" where nobody would make such a one */
    const struct ca *ca;
    struct cert_list chain;
    struct issue_options how; /* becomes certmend.json */
    struct text_list uses;    /* "FILE:LINE": settings that name its files */
    const char *proof;        /* for people */
    /* After it came. */
    bool is_linked, is_aside;
    const char *link_why, *aside_why; /* why not; or NULL */
};

enum import_account_state {
    IMPORT_ACCOUNT_COMES,
    IMPORT_ACCOUNT_IS_HERE,
    IMPORT_ACCOUNT_OTHER, /* the store has another one with that CA */
    IMPORT_ACCOUNT_CANNOT,
};

struct import_account { /* one with each CA */
    const struct ca *ca;
    const char *key, *url;
    enum import_account_state state;
    const char *why; /* IMPORT_ACCOUNT_CANNOT */
};

struct import_plan {
    struct arena *arena;
    const struct import_options *options;
    struct import_source source;
    struct store store;
    struct import_item *items;
    size_t len;
    struct import_account *accounts;
    size_t accounts_len;
    bool hands_over;        /* the other client was to let go, and did or not */
    struct text_list notes; /* what was done to what runs it */
};

/* out->store is open: store_close(). */
MUST_CHECK bool import_plan_make(struct arena *a, const char *tool,
                                 const char *dir,
                                 const struct import_options *o,
                                 struct import_plan *out, struct err *err);

size_t import_plan_count(const struct import_plan *p, enum import_state state);

/* Where a script of ours for this name lies; `is_dns`: it is none that is run
 * when the certificate is live. */
const char *import_script_path(const struct import_plan *p,
                               const struct import_item *item,
                               const struct import_script *script, bool is_dns);

/* The folder that leads to the other client's own for proofs. */
const char *import_wellknown_path(const struct import_plan *p,
                                  const struct import_item *item);

#endif
