#include <string.h>

#include "base/log.h"
#include "base/term.h"
#include "run/preflight.h"

static const char cut_off[] =
    "This computer has no connection to the Internet: no name server answers, "
    "not even when asked about the root of all names. Connect it, and ask "
    "again. (--resolver asks another name server)";

static const char *word(enum preflight_grade grade)
{
    return table_text(preflight_grade_words, (int)grade);
}

static void tell_item(const struct preflight_item *i, struct buf *out)
{
    struct arena *a = out->arena;
    const char *id = i->finding ? arena_printf(a, " [%s]", i->finding) : "";

    term_hang(out, arena_printf(a, "    %-6s ", word(i->grade)),
              arena_printf(a, "%s: %s%s", i->check, i->text, id),
              term_row_width());
    if (i->fix)
        term_hang(out, "           ", i->fix, term_row_width());
}

static void tell_part(const struct preflight_part *part, struct buf *out)
{
    enum preflight_grade worst = preflight_part_worst(part);

    struct arena *a = out->arena;
    const char *name = part->name ? part->name : "this machine";
    const char *way = part->challenge ? arena_printf(a, " by %s: %s",
                                                     part->challenge, part->why)
                                      : "";

    term_hang(out, arena_printf(a, "%-6s ", word(worst)),
              arena_printf(a, "%s%s", name, way), term_row_width());
    for (size_t i = 0; i < part->len; i++)
        tell_item(&part->items[i], out);
}

void preflight_tell(const struct preflight *p, struct buf *out)
{
    static const char *const ends[] = {
        [PREFLIGHT_OK] = "Nothing speaks against an order.",
        [PREFLIGHT_WARN] = "An order may go well.",
        [PREFLIGHT_BLOCK] = "An order would fail.",
    };
    const char *end = ends[preflight_worst(p)];

    if (preflight_blocks_dane(p))
        end = "An order would bring what other mail servers refuse.";
    for (size_t i = 1; i < p->len; i++)
        tell_part(&p->parts[i], out);
    tell_part(&p->parts[0], out);
    buf_printf(out, "\n%s\n",
               p->is_cut_off ? cut_off
               : p->blind ? "Nothing answered from here, so nothing is claimed."
                          : end);
}

static void put_part(struct arena *a, struct json *to,
                     const struct preflight_part *part)
{
    json_put_text(a, to, "verdict", word(preflight_part_worst(part)));
    struct json *checks = json_put_array(a, to, "checks");
    for (size_t i = 0; i < part->len; i++) {
        const struct preflight_item *item = &part->items[i];
        struct json *j = json_add_object(a, checks);
        json_put_text(a, j, "check", item->check);
        json_put_text(a, j, "verdict", word(item->grade));
        json_put_text(a, j, "finding", item->finding);
        json_put_text(a, j, "detail", item->text);
        json_put_text(a, j, "fix", item->fix);
    }
}

struct json *preflight_json(const struct preflight *p,
                            const struct issue_order *order)
{
    struct arena *a = p->arena;
    struct json *j = json_object(a);

    json_put_text(a, j, "schema", "certmend.preflight/1");
    json_put_text(a, j, "verdict",
                  p->blind ? "untested" : word(preflight_worst(p)));
    json_put_text(a, j, "ca", order->ca->id);
    struct json *names = json_put_array(a, j, "names");
    for (size_t i = 1; i < p->len; i++) {
        struct json *name = json_add_object(a, names);
        json_put_text(a, name, "name", p->parts[i].name);
        json_put_text(a, name, "challenge", p->parts[i].challenge);
        json_put_text(a, name, "why", p->parts[i].why);
        put_part(a, name, &p->parts[i]);
    }
    put_part(a, json_put_object(a, j, "machine"), &p->parts[0]);
    return j;
}

/* The same about several names is said once. */
static bool was_said(const struct preflight *p, size_t part, size_t item)
{
    const char *text = p->parts[part].items[item].text;

    for (size_t i = 0; i < part; i++)
        for (size_t k = 0; k < p->parts[i].len; k++)
            if (strcmp(p->parts[i].items[k].text, text) == 0)
                return true;
    return false;
}

static void note(const struct preflight_item *i, bool skip)
{
    bool always = strcmp(i->check, "dane") == 0;

    if ((skip || always) && i->grade == PREFLIGHT_BLOCK)
        log_note("%s %s (--skip %s goes on all the same)", i->text,
                 i->fix ? i->fix : "", i->check);
    else
        log_note("%s %s", i->text, i->fix ? i->fix : "");
}

void preflight_note(const struct preflight *p, bool skip)
{
    if (p->is_cut_off) {
        log_note("%s", cut_off);
        return;
    }
    for (size_t i = 0; i < p->len; i++)
        for (size_t k = 0; k < p->parts[i].len; k++)
            if (!was_said(p, i, k))
                note(&p->parts[i].items[k], skip);
}
