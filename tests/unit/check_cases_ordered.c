#include "check_cases.h"

/* What stands before a certificate that is to be ordered. */

#define OWNER   "_acme-challenge." HOST
#define DOUBLED OWNER "." HOST
#define CONTROL "certmend-nobody-has-this." HOST "." HOST

static struct survey *ordered(struct arena *a)
{
    static const char *names[] = { HOST };
    struct survey *s = healthy(a);

    s->ordered.names = (struct text_list){ names, 1 };
    return s;
}

static struct survey *doubled(struct arena *a)
{
    struct survey *s = ordered(a);

    build_record(s, DOUBLED, DNS_TXT, "x");
    build_answer(s, CONTROL, DNS_TXT, DNS_NXDOMAIN);
    return s;
}

/* Every name below has one. */
static struct survey *starred(struct arena *a)
{
    struct survey *s = ordered(a);

    build_record(s, DOUBLED, DNS_TXT, "x");
    build_record(s, CONTROL, DNS_TXT, "x");
    return s;
}

static struct survey *delegated(struct arena *a, enum dns_outcome zone)
{
    static const char *const alias[] = { "x.acme.example.net" };
    struct survey *s = ordered(a);

    build_answer(s, OWNER, DNS_TXT, DNS_NXDOMAIN);
    s->answers[s->answers_len - 1].alias = alias;
    s->answers[s->answers_len - 1].alias_len = 1;
    build_answer(s, "example.net", DNS_SOA, zone);
    return s;
}

static struct survey *to_nowhere(struct arena *a)
{
    return delegated(a, DNS_NXDOMAIN);
}

/* There is no record there yet, as it should be. */
static struct survey *to_somewhere(struct arena *a)
{
    return delegated(a, DNS_ANSWERED);
}

static void say(struct survey *s, const char *server, enum dns_outcome outcome,
                const char *address)
{
    struct dns_record *record = arena_alloc(s->arena, 1, sizeof *record);

    record->text = record->host = address;
    survey_answer_add(s, &(struct dns_answer){ .name = HOST,
                                               .type = DNS_A,
                                               .outcome = outcome,
                                               .records = record,
                                               .len = address != NULL,
                                               .server = server });
}

static struct survey *two_voices(struct arena *a)
{
    struct survey *s = healthy(a);

    say(s, "192.0.2.53", DNS_ANSWERED, ADDR);
    say(s, "192.0.2.54", DNS_ANSWERED, "192.0.2.99");
    return s;
}

static struct survey *one_voice(struct arena *a)
{
    struct survey *s = healthy(a);

    say(s, "192.0.2.53", DNS_ANSWERED, ADDR);
    say(s, "192.0.2.54", DNS_ANSWERED, ADDR);
    return s;
}

static struct survey *one_silent(struct arena *a)
{
    struct survey *s = healthy(a);

    say(s, "192.0.2.53", DNS_ANSWERED, ADDR);
    say(s, "192.0.2.54", DNS_TIMED_OUT, NULL);
    return s;
}

/* From here nobody can be asked. */
static struct survey *all_silent(struct arena *a)
{
    struct survey *s = healthy(a);

    say(s, "192.0.2.53", DNS_TIMED_OUT, NULL);
    say(s, "192.0.2.54", DNS_TIMED_OUT, NULL);
    return s;
}

const struct check_case cases_ordered[] = {
    { "dns01.doubled_label", SEV_INFO, "the form added the zone", doubled,
      starred, false },
    { "dns01.cname_broken", SEV_INFO, "no such domain", to_nowhere,
      to_somewhere, false },
    { "dns.servers_differ", SEV_WARNING, "another address", two_voices,
      one_voice, false },
    { "dns.server_silent", SEV_WARNING, "one of two", one_silent, all_silent,
      false },
    { NULL, SEV_INFO, NULL, NULL, NULL, false },
};
