#ifndef CERTMEND_MESSAGES_ERROR_PATTERN_TABLE_H
#define CERTMEND_MESSAGES_ERROR_PATTERN_TABLE_H
/*
 * error_pattern_table - rules/errors.json, rules/errors/ and
 * rules/acme-errors.json as they stand in memory, for error_pattern*.c
 *
 *   { "findings": [ {        what no look finds, a message alone tells it
 *       "id": "clock.skew", "title": "...", "why": "..." } ],
 *     "meanings": [ {
 *       "id": "name-mismatch",
 *       "vague": true,        optional: says nothing but "something is wrong";
 *                             a clearer message in the same text wins
 *       "means": "...",       one or two sentences
 *       "look": "...",        what to look at first, or to do
 *       "look_address": "...", optional: the same for an address, which no DNS
 *                             proves
 *       "again": "mended",    of a CA's "no": when to ask again, see
 *                             enum acme_again; needed in acme-errors.json
 *       "findings": ["name.mismatch.provider", ...] } ],   likeliest first
 *
 * in errors.json and in every file of errors/ and of a folder in it, the
 * messages of a program:
 *     "client": "Go",       who says them, where a row does not name another
 *     "library": true,      optional: other programs show its words; where one
 *                           of them is known by a sign, it is meant
 *     "signs": ["goroutine"],  optional: by these words a program is known
 *     "messages": [ {
 *       "client": "Go", "meaning": "name-mismatch",
 *       "text": ["certificate is valid for <found>, not <host>"],
 *       "sample": "x509: ..." } ],       has to be recognised as this row;
 *                                        optional where the words say it all
 *     "strangers": ["google.com"],       who writes messages, never the server
 *     "big_providers": ["gmail.com"] }   nobody else has a certificate for them
 *
 * in acme-errors.json, the problems of CAs (RFC 8555 6.7):
 *     "problems": [ { "meaning": "caa",
 *       "type": "caa",            of the problem; optional
 *       "challenge": "http-01",   that failed; optional
 *       "address": "ipv6",        optional: the CA tells that it tried one, for
 *                                 a name
 *       "context": true,          optional: the words are common ones, and mean
 *                                 this only where a CA says them
 *       "text": ["..."] } ],      optional: a row without fits any words
 *     "contexts": ["acme"],       by these a pasted text is known as a CA's
 *     "challenges": [ { "challenge": "http-01", "text": ["..."] } ],  by these
 *                                 it is known which one a pasted text is about
 *     "hosts": ["CAA for <host>"] }      where the name stands in a CA's words
 *
 * "text" lists wordings, any of which will do. Only letters and digits count,
 * of all scripts, folded as in messages/error_pattern_fold.h; in one that
 * begins with "=" the signs between them too: "=4.7.5". "*" stands for anything
 * up to ERROR_PATTERN_GAP_MAX letters, "<host>" for the name that was wanted,
 * "<found>" for a name on the certificate; "<host> != <found>" and "<found> !=
 * <host>" for both, parted by just this sign.
 *
 * Where messages overlap in a text the one that says more wins, so their order
 * in the file does not matter. Of problems the first that fits counts.
 *
 * To add a program or a language: a file in errors/. A CA's words: a row of
 * "problems" before the more general ones; "certmend rules lint" tells of one
 * that can never be reached.
 */
#include "messages/error_pattern.h"

enum { ERROR_PATTERN_GAP_MAX = 250 };

struct meaning {
    const char *id, *means, *look;
    const char *look_address; /* NULL: as look */
    bool vague;
    enum acme_again again;
    struct text_list findings;
};

/* A finding that messages alone lead to. */
struct told_finding {
    const char *id, *title, *why;
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
    const char *exactly; /* with the signs between; NULL: letters do */
};

struct wording {
    struct piece *pieces;
    size_t len;
    size_t weight;    /* letters, all pieces together */
    const char *text; /* as it was written */
};

struct wordings {
    struct wording *items;
    size_t len;
};

struct message {
    const char *client, *sample;
    bool library;
    const struct meaning *meaning;
    struct wordings texts;
};

struct problem_row {
    const char *type, *challenge; /* NULL: any */
    bool context, by_ip6;
    const struct meaning *meaning;
    struct wordings texts; /* none: any words */
};

struct challenge_words {
    const char *challenge;
    struct wordings texts;
};

struct program_signs {
    const char *client;
    struct wordings texts;
};

struct error_pattern_table {
    const struct meaning **meanings;
    size_t meanings_len;
    size_t meanings_own; /* the first of the file that is being read */
    struct message *messages;
    size_t messages_len;
    struct text_list strangers, big_providers;
    const struct meaning *intercepted, *mismatch, *addressed;
    struct program_signs *signs;
    size_t signs_len;
    struct problem_row *problems; /* the last one fits everything */
    size_t problems_len;
    struct wordings contexts, hosts;
    struct challenge_words *challenges;
    size_t challenges_len;
    struct told_finding *findings;
    size_t findings_len;
};

/* Each takes what `text` says into the table, which begins as zeroes: first
 * errors.json, then the programs' files, then acme-errors.json. `path` begins
 * every error. */
MUST_CHECK bool error_pattern_table_read(struct arena *a, const char *text,
                                         size_t len, const char *path,
                                         struct error_pattern_table *t,
                                         struct err *err);
MUST_CHECK bool error_pattern_table_read_program(struct arena *a,
                                                 const char *text, size_t len,
                                                 const char *path,
                                                 struct error_pattern_table *t,
                                                 struct err *err);
MUST_CHECK bool error_pattern_table_read_acme(struct arena *a, const char *text,
                                              size_t len, const char *path,
                                              struct error_pattern_table *t,
                                              struct err *err);

/* NULL: no such id. */
const struct told_finding *error_pattern_finding(
    const struct error_pattern_table *t, const char *id);

#endif
