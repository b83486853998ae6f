#ifndef CERTMEND_ADVISE_ERROR_PATTERN_TABLE_H
#define CERTMEND_ADVISE_ERROR_PATTERN_TABLE_H
/*
 * error_pattern_table - rules/errors.json as it stands in memory, for
 * error_pattern*.c
 *
 *   { "meanings": [ {
 *       "id": "name-mismatch",
 *       "vague": true,        optional: says nothing but "something is wrong";
 *                             a clearer message in the same text wins
 *       "means": "...",       one or two sentences
 *       "look": "...",        what to look at first
 *       "findings": ["name.mismatch.provider", ...] } ],   likeliest first
 *     "messages": [ {
 *       "client": "Go", "meaning": "name-mismatch",
 *       "text": ["certificate is valid for <found>, not <host>"],
 *       "sample": "x509: ..." } ],       has to be recognised as this row
 *     "strangers": ["google.com"],       who writes messages, never the server
 *     "big_providers": ["gmail.com"] }   nobody else has a certificate for them
 *
 * "text" lists wordings, any of which will do. Only letters and digits count.
 * "*" stands for anything up to ERROR_PATTERN_GAP_MAX letters, "<host>" for the
 * name that was wanted, "<found>" for a name on the certificate; "<host> !=
 * <found>" and "<found> != <host>" for both, parted by just this sign.
 *
 * Where messages overlap in a text the one that says more wins, so their order
 * in the file does not matter.
 *
 * To add a client: a row of "messages" with its sample.
 */
#include "advise/error_pattern.h"

enum { ERROR_PATTERN_GAP_MAX = 250 };

struct meaning {
    const char *id, *means, *look;
    bool vague;
    struct names_list findings;
};

enum gap {
    GAP_END,
    GAP_ANY,
    GAP_HOST,
    GAP_FOUND,
    GAP_HOST_FOUND,
    GAP_FOUND_HOST
};

struct piece {
    const char *letters; /* never empty */
    size_t len;
    enum gap behind;
};

struct wording {
    struct piece *pieces;
    size_t len;
    size_t weight; /* letters, all pieces together */
};

struct message {
    const char *client, *sample;
    const struct meaning *meaning;
    struct wording *wordings;
    size_t wordings_len;
};

struct error_pattern_table {
    struct meaning *meanings;
    size_t meanings_len;
    struct message *messages;
    size_t messages_len;
    struct names_list strangers, big_providers;
    const struct meaning *intercepted; /* the meaning of that id */
};

/* `path` begins every error. */
MUST_CHECK bool error_pattern_table_read(struct arena *a, const char *text,
                                         size_t len, const char *path,
                                         struct error_pattern_table *out,
                                         struct err *err);

#endif
