#include "check/check.h"

#include "check/replacement.h"
#include "facts/dns01.h"

enum { DOUBLED, CNAME_BROKEN };

static const struct finding_def finds[] = {
    [DOUBLED] = {
        "dns01.doubled_label",
        "The TXT record of a proof is at a doubled name",
        "The provider's form adds the zone by itself, so the record is not "
        "found where an authority looks.",
        "RFC 8555 8.4",
    },
    [CNAME_BROKEN] = {
        "dns01.cname_broken",
        "The name of the proof is an alias that leads nowhere",
        "No TXT record can be found behind it.",
        "RFC 8555 8.4",
    },
    { NULL, NULL, NULL, NULL },
};

static void about(struct findings *out, struct finding *f, const char *name,
                  const char *record)
{
    f->subject = arena_text(out->arena, name);
    finding_text(out, f, "name", name);
    finding_text(out, f, "record", record);
}

static void judge(const struct survey *s, const char *name,
                  struct findings *out)
{
    struct arena *a = out->arena;
    const char *owner = dns01_owner(a, name);

    if (owner && dns01_is_doubled(s, a, name))
        about(out,
              finding_add(out, &finds[DOUBLED], SEV_INFO,
                          "There is a TXT record at %s; it belongs at %s.",
                          dns01_doubled(a, name), owner),
              name, dns01_doubled(a, name));
    if (owner && dns01_target_is_broken(s, a, name))
        about(out,
              finding_add(out, &finds[CNAME_BROKEN], SEV_INFO,
                          "%s is an alias of %s, which cannot be looked up.",
                          owner, dns01_target(s, a, name)),
              name, owner);
}

static void run(const struct survey *s, struct findings *out)
{
    if (!replacement_is_due(s, out))
        return;
    struct text_list names = replacement_names(s, out->arena);
    for (size_t i = 0; i < names.len; i++)
        judge(s, names.text[i], out);
}

const struct check chk_dns01 = {
    .name = "dns01",
    .about = "Would an authority find its proof in the DNS?",
    .finds = finds,
    .run = run,
};
