/*
 * What a zone publishes as text, a record a line: CAA and TLSA records, and
 * behind an empty line an MTA-STS policy. What is told of it is printable.
 */
#include "facts/caa.h"
#include "facts/sts.h"
#include "facts/tlsa.h"

#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, const char *text)
{
    if (text && strcmp(arena_printable(a, text, strlen(text)), text) != 0)
        abort();
}

static void judge_caa(struct arena *a, const struct dns_answer *answer)
{
    static const char *const names[] = { "example.com", "*.example.com" };
    struct target t = { .kind = TARGET_HOST, .host = "example.com" };
    struct survey *s = survey_new(a, &t, 0);

    survey_answer_add(s, answer);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct caa_question q = { names[i], "ca.example", "dns-01", "acct" };
        struct caa_answer got = caa_judge(s, a, &q);
        for (size_t n = 0; n < got.authorities.len; n++)
            check(a, got.authorities.text[n]);
        check(a, got.tag);
    }
}

static void judge_tlsa(struct arena *a, const struct dns_answer *answer)
{
    struct cert none = { .subject = "" };

    for (size_t i = 0; i < answer->len; i++) {
        struct tlsa record = tlsa_read(a, answer->records[i].text);
        if (record.usable && tlsa_is_of(&record, &none))
            abort();
    }
}

static void judge_policy(struct arena *a, const char *text, size_t len)
{
    struct sts_policy policy = { .published = true };

    sts_read(a, (const uint8_t *)text, len, &policy);
    for (size_t i = 0; i < policy.mx.len; i++)
        check(a, policy.mx.text[i]);
    (void)sts_lists(&policy, "mx.example.com");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *at = arena_text_n(a, (const char *)data, size);
    const char *end = at + size;
    struct dns_record records[RECORDS_MAX] = { { .text = NULL } };
    struct dns_answer answer = { .name = "example.com",
                                 .type = DNS_CAA,
                                 .outcome = DNS_ANSWERED,
                                 .records = records };

    while (answer.len < RECORDS_MAX && at < end && *at != '\n') {
        const char *eol = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((eol ? eol : end) - at);
        records[answer.len++].text = arena_printable(a, at, len);
        at += len + (eol != NULL);
    }
    judge_caa(a, &answer);
    judge_tlsa(a, &answer);
    judge_policy(a, at, (size_t)(end - at));
    arena_free(a);
    return 0;
}
