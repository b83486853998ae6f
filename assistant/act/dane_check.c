#include "act/dane_check.h"

#include <string.h>

#include "base/buf.h"

enum { TEXT_MAX = 32 * 1024, OWNERS_SHOWN = 4, RECORDS_SHOWN = 12 };

static const char refused[] =
    "senders that use DANE would refuse to deliver mail there";

/* The places of one kind, for a sentence. */
struct usage_kind {
    const struct dane_place *items[RECORDS_SHOWN];
    size_t len;
    bool all_of_certificate; /* only records of whole certificates */
};

struct sorted {
    struct usage_kind mismatch, open, lost;
    struct usage_kind before; /* no match now, and with what is live too */
};

static void add(struct usage_kind *k, const struct dane_place *p)
{
    if (k->len < RECORDS_SHOWN)
        k->items[k->len] = p;
    k->len++;
}

static void add_mismatch(struct arena *a, const struct dane_place *p,
                         const struct dane_offer *o, struct sorted *out)
{
    if (o->kept && tlsa_fit(a, p->answer, p->port, o->kept) != TLSA_FITS) {
        add(&out->before, p);
        return;
    }
    out->mismatch.all_of_certificate =
        (out->mismatch.len == 0 || out->mismatch.all_of_certificate) &&
        tlsa_wants_certificate(a, p->answer, p->port);
    add(&out->mismatch, p);
}

static void sort_one(struct arena *a, const struct dane_place *p,
                     const struct dane_offer *o, struct sorted *out)
{
    if (dane_is_lost(p)) {
        add(&out->lost, p);
        return;
    }
    switch (tlsa_fit(a, p->answer, p->port, &o->tlsa)) {
    case TLSA_MISMATCH:
        add_mismatch(a, p, o, out);
        break;
    case TLSA_OPEN:
        add(&out->open, p);
        break;
    case TLSA_FREE:
    case TLSA_FITS:
        break;
    }
}

static const char *owners(struct arena *a, const struct usage_kind *k)
{
    struct buf text;

    buf_init(&text, a, TEXT_MAX);
    for (size_t i = 0; i < k->len && i < OWNERS_SHOWN; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", k->items[i]->owner);
    if (k->len > OWNERS_SHOWN)
        buf_printf(&text, " and %zu more", k->len - OWNERS_SHOWN);
    return text.text;
}

/* "_25._tcp.mail.example.org. IN TLSA 3 1 1 9f86...", one for each. */
static const char *records(struct arena *a, const struct usage_kind *k,
                           const struct cert *key)
{
    struct buf text;

    buf_init(&text, a, TEXT_MAX);
    for (size_t i = 0; i < k->len && i < RECORDS_SHOWN; i++)
        buf_printf(&text, "%s%s. IN TLSA %s", i ? "; " : "", k->items[i]->owner,
                   tlsa_to_publish(a, k->items[i]->answer, key));
    if (k->len > RECORDS_SHOWN)
        buf_printf(&text, "; and likewise for %zu more",
                   k->len - RECORDS_SHOWN);
    return text.text;
}

static const char *why_mismatch(struct arena *a, const struct usage_kind *k,
                                const struct dane_offer *o)
{
    const char *where = owners(a, k);

    if (o->is_issued)
        return arena_printf(a,
                            "None of the TLSA records (DANE) of %s fits the "
                            "new certificate: with it, %s.",
                            where, refused);
    if (k->all_of_certificate)
        return arena_printf(a,
                            "The TLSA records (DANE) of %s are of a whole "
                            "certificate, which no other one can fit: with a "
                            "new one, %s.",
                            where, refused);
    return arena_printf(
        a, "The TLSA records (DANE) of %s do not fit the %s: with it, %s.",
        where, o->key ? "key of this order" : "new key that would be made",
        refused);
}

static const char *todo_mismatch(struct arena *a, const struct usage_kind *k,
                                 const struct dane_offer *o)
{
    if (!o->key)
        return arena_printf(
            a,
            "Keep the key in use, with --key FILE or --keep-key; or make the "
            "next key ahead with \"certmend acme next-key %s\", publish its "
            "record beside the old one, wait two times the old one's time to "
            "live, and order then.",
            o->folder);
    return arena_printf(
        a,
        o->is_issued
            ? "Publish beside what is there: %s. Then give the same command "
              "again: once it has seen that for two times the old one's time "
              "to live, the certificate goes live without another order."
            : "Publish beside what is there: %s. Wait two times the old one's "
              "time to live, then order.",
        records(a, k, o->key));
}

static void take_mismatch(struct arena *a, const struct usage_kind *k,
                          const struct dane_offer *o, struct dane_verdict *out)
{
    *out = (struct dane_verdict){
        .ruling = DANE_BLOCK,
        .why = why_mismatch(a, k, o),
        .todo = todo_mismatch(a, k, o),
    };
}

static const char *failure(const struct dns_answer *answer)
{
    if (answer->security == DNS_BOGUS)
        return "the signature of its answer does not hold";
    return answer->outcome == DNS_SERVFAIL ? "the name servers answer with a "
                                             "failure"
                                           : "nothing answers";
}

/* Nobody acts on the records of a zone that is not signed. */
static bool all_unsigned(const struct usage_kind *k)
{
    for (size_t i = 0; i < k->len && i < RECORDS_SHOWN; i++)
        if (!k->items[i]->is_unsigned)
            return false;
    return k->len <= RECORDS_SHOWN;
}

static void take_lost(struct arena *a, const struct usage_kind *k,
                      const struct dane_offer *o, struct dane_verdict *out)
{
    *out = (struct dane_verdict){
        .ruling = all_unsigned(k) || o->kept ? DANE_UNSURE : DANE_BLOCK,
        .is_lost = true,
        .why = arena_printf(
            a,
            "Whether TLSA records (DANE) bind senders to a key could not be "
            "learnt from %s: %s. If they do and the new key fits none, %s.",
            owners(a, k), failure(k->items[0]->answer), refused),
        .todo = o->key
                    ? "Have the name servers answer questions for TLSA, and "
                      "try again."
                    : "Have the name servers answer questions for TLSA, and "
                      "try again; or keep the key in use, with --key FILE or "
                      "--keep-key.",
    };
}

static void take_open(struct arena *a, const struct usage_kind *k,
                      const struct dane_offer *o, struct dane_verdict *out)
{
    const char *rest =
        o->is_issued
            ? "name an authority that is not among the certificates sent, so "
              "whether they fit is not seen from here."
            : "name an authority, and who will sign is known only with the "
              "certificate; one that they do not fit does not go live.";

    *out = (struct dane_verdict){
        .ruling = DANE_UNSURE,
        .why = arena_printf(a, "The TLSA records (DANE) of %s %s", owners(a, k),
                            rest),
        .todo = "A record of the key itself, 3 1 1, does not depend on it.",
    };
}

static void take_before(struct arena *a, const struct usage_kind *k,
                        const struct dane_offer *o, struct dane_verdict *out)
{
    *out = (struct dane_verdict){
        .ruling = DANE_UNSURE,
        .why = arena_printf(a,
                            "The TLSA records (DANE) of %s do not fit the key, "
                            "which is in use already: senders that use DANE "
                            "refuse to deliver mail there today.",
                            owners(a, k)),
        .todo = arena_printf(a, "Publish beside what is there: %s.",
                             records(a, k, o->key)),
    };
}

static void take_deaf(struct dane_verdict *out)
{
    *out = (struct dane_verdict){
        .ruling = DANE_UNSURE,
        .is_lost = true,
        .why =
            "No name server answers questions for TLSA records from here, so "
            "nobody knows whether they (DANE) bind senders to a key.",
        .todo = "Look at the way to the name servers; --resolver asks "
                "another one, and --skip dane goes on without.",
    };
}

struct dane_verdict dane_judge(struct arena *a, const struct dane_seen *seen,
                               const char *name, const struct dane_offer *offer)
{
    struct dane_verdict out = { DANE_CLEAR, false, NULL, NULL };
    struct sorted found = { 0 };

    if (seen->deaf) {
        take_deaf(&out);
        return out;
    }
    for (size_t i = 0; i < seen->len; i++)
        if (!name || strcmp(seen->places[i].name, name) == 0)
            sort_one(a, &seen->places[i], offer, &found);
    if (found.mismatch.len)
        take_mismatch(a, &found.mismatch, offer, &out);
    else if (found.lost.len)
        take_lost(a, &found.lost, offer, &out);
    else if (found.open.len)
        take_open(a, &found.open, offer, &out);
    else if (found.before.len)
        take_before(a, &found.before, offer, &out);
    return out;
}
