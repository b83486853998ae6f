#include "prove/records.h"

#include <string.h>

#include "facts/tlsa.h"

/* The copy's own answer, to be changed; NULL: nobody asked. */
static struct dns_answer *own_answer(struct survey *copy, const char *name,
                                     enum dns_type type)
{
    const struct dns_answer *found = survey_answer(copy, name, type);

    if (!found)
        return NULL;
    size_t at = (size_t)(found - copy->answers);
    copy->answers = arena_copy(copy->arena, copy->answers,
                               copy->answers_len * sizeof *copy->answers);
    return &copy->answers[at];
}

static void set(struct dns_answer *answer, const struct dns_record *records,
                size_t len)
{
    answer->records = records;
    answer->len = len;
    answer->outcome = len ? DNS_ANSWERED : DNS_NODATA;
}

void records_put(struct survey *copy, const char *name, enum dns_type type,
                 const char *text, const char *without)
{
    struct dns_answer *answer = own_answer(copy, name, type);

    if (!answer)
        return;
    struct dns_record *records =
        arena_alloc(copy->arena, answer->len + 1, sizeof *records);
    size_t len = 0;
    records[len++].text = text;
    for (size_t i = 0; i < answer->len; i++)
        if (!without || strcmp(answer->records[i].text, without) != 0)
            records[len++] = answer->records[i];
    set(answer, records, len);
}

void records_clear(struct survey *copy, const char *name, enum dns_type type)
{
    struct dns_answer *answer = own_answer(copy, name, type);

    if (answer)
        set(answer, NULL, 0);
}

static void drop_host(struct survey *copy, const char *name, enum dns_type type,
                      const char *host)
{
    struct dns_answer *answer = own_answer(copy, name, type);

    if (!answer)
        return;
    struct dns_record *records =
        arena_alloc(copy->arena, answer->len + 1, sizeof *records);
    size_t len = 0;
    for (size_t i = 0; i < answer->len; i++)
        if (!answer->records[i].host ||
            strcmp(answer->records[i].host, host) != 0)
            records[len++] = answer->records[i];
    set(answer, records, len);
}

void records_drop_address(struct survey *copy, const char *name,
                          const char *address)
{
    drop_host(copy, name, DNS_A, address);
    drop_host(copy, name, DNS_AAAA, address);
    for (size_t i = 0; i < copy->cells_len; i++)
        if (strcmp(copy->cells[i].host, name) == 0 &&
            strcmp(copy->cells[i].address, address) == 0)
            copy->cells[i].asked = false;
}

void records_replace_host(struct survey *copy, const char *name,
                          enum dns_type type, const char *wrong,
                          const char *right)
{
    struct dns_answer *answer = own_answer(copy, name, type);

    if (!answer)
        return;
    struct dns_record *records =
        arena_copy(copy->arena, answer->records, answer->len * sizeof *records);
    for (size_t i = 0; i < answer->len; i++)
        if (records[i].host && strcmp(records[i].host, wrong) == 0)
            records[i].host = right;
    set(answer, records, answer->len);
}

void records_serve(struct survey *copy, const char *url, const char *body)
{
    struct fetch file = {
        .url = url,
        .attempt = { .outcome = OUTCOME_OK },
        .status = 200,
        .body = (const uint8_t *)body,
        .body_len = strlen(body),
    };

    copy->fetches = arena_copy(copy->arena, copy->fetches,
                               copy->fetches_len * sizeof *copy->fetches);
    for (size_t i = 0; i < copy->fetches_len; i++)
        if (strcmp(copy->fetches[i].url, url) == 0)
            copy->fetches[i] = file;
}

void records_publish_key(struct survey *copy, const struct cert *leaf)
{
    const char *text = tlsa_of_key(copy->arena, leaf);

    for (size_t i = 0; text && i < copy->cells_len; i++) {
        const struct cell *c = &copy->cells[i];
        if (tlsa_answer(copy, c))
            records_put(copy, tlsa_owner(copy->arena, c->host, c->port),
                        DNS_TLSA, text, text);
    }
}
