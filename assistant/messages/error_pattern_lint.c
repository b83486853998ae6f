#include "messages/error_pattern_lint.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "messages/error_pattern_table.h"

enum { TEXT_MAX = 10000 };

struct message_linter {
    struct arena *arena;
    const struct error_pattern_table *table;
    struct text_list faults;
};

static void fault(struct message_linter *l, const char *text)
{
    text_list_add(l->arena, &l->faults, text);
}

static bool is_used(const struct error_pattern_table *t,
                    const struct meaning *m)
{
    bool used = m == t->intercepted;

    for (size_t i = 0; i < t->messages_len; i++)
        used |= t->messages[i].meaning == m;
    for (size_t i = 0; i < t->problems_len; i++)
        used |= t->problems[i].meaning == m;
    return used;
}

static void lint_meaning(struct message_linter *l, const struct meaning *m,
                         const char *const *findings, size_t len)
{
    struct arena *a = l->arena;

    if (!is_used(l->table, m))
        fault(l,
              arena_printf(a, "meaning \"%s\": no message leads to it", m->id));
    if (!m->findings.len)
        fault(l, arena_printf(a, "meaning \"%s\": it names no finding", m->id));
    for (size_t i = 0; i < m->findings.len; i++)
        if (!text_is_among(m->findings.text[i], findings, len) &&
            !error_pattern_finding(l->table, m->findings.text[i]))
            fault(l,
                  arena_printf(a, "meaning \"%s\": there is no finding \"%s\"",
                               m->id, m->findings.text[i]));
}

/* A wording as somebody might say it: something in each of its gaps. */
static const char *spoken(struct arena *a, const char *wording)
{
    struct buf out;

    buf_init(&out, a, TEXT_MAX);
    for (const char *p = wording + (*wording == '='); *p; p++) {
        bool place =
            strncmp(p, "<host>", 6) == 0 || strncmp(p, "<found>", 7) == 0;
        if (place)
            buf_text(&out, *(p + 1) == 'h' ? "a.example.org" : "b.example.org");
        else
            buf_char(&out, *p == '*' ? 'x' : *p);
        if (place)
            p = strchr(p, '>');
    }
    return out.text;
}

static bool leads_to(const struct error_pattern *read, const struct message *m)
{
    return read->meaning && strcmp(read->meaning, m->meaning->id) == 0;
}

/* The sample is told as this row's, and of its client. */
static void lint_sample(struct message_linter *l, const struct message *m)
{
    struct error_pattern read =
        error_pattern_read(l->arena, l->table, m->sample, strlen(m->sample));

    if (!leads_to(&read, m) ||
        (!m->library && strcmp(read.client, m->client) != 0))
        fault(l, arena_printf(l->arena,
                              "%s: the sample \"%s\" is taken for %s of %s",
                              m->client, m->sample,
                              read.meaning ? read.meaning : "nothing",
                              read.client ? read.client : "nobody"));
}

static void lint_message(struct message_linter *l, const struct message *m)
{
    if (m->sample)
        lint_sample(l, m);
    for (size_t i = 0; i < m->texts.len; i++) {
        const char *text = spoken(l->arena, m->texts.items[i].text);
        struct error_pattern read =
            error_pattern_read(l->arena, l->table, text, strlen(text));
        if (!leads_to(&read, m))
            fault(l, arena_printf(l->arena, "%s: \"%s\" is taken for %s",
                                  m->client, m->texts.items[i].text,
                                  read.meaning ? read.meaning : "nothing"));
    }
}

static void lint_problem(struct message_linter *l,
                         const struct problem_row *row, const char *wording)
{
    const struct ca_problem p = {
        .type = row->type,
        .challenge = row->challenge,
        .detail =
            arena_printf(l->arena, "%s%s", row->by_ip6 ? "2001:db8::1: " : "",
                         wording ? spoken(l->arena, wording) : ""),
    };
    const struct problem_row *found = error_pattern_row_of_ca(l->table, &p);

    if (found != row)
        fault(l, arena_printf(l->arena,
                              "problems[%zu]: \"%s\" is never reached, "
                              "problems[%zu] is always first",
                              (size_t)(row - l->table->problems),
                              wording ? wording : "any words",
                              (size_t)(found - l->table->problems)));
}

struct text_list error_pattern_lint(struct arena *a,
                                    const struct error_pattern_table *table,
                                    const char *const *findings, size_t len)
{
    struct message_linter l = { .arena = a, .table = table };

    for (size_t i = 0; i < table->findings_len; i++)
        if (text_is_among(table->findings[i].id, findings, len))
            fault(&l, arena_printf(a, "finding \"%s\": a check reports it",
                                   table->findings[i].id));
    for (size_t i = 0; i < table->meanings_len; i++)
        lint_meaning(&l, table->meanings[i], findings, len);
    for (size_t i = 0; i < table->messages_len; i++)
        lint_message(&l, &table->messages[i]);
    for (size_t i = 0; i < table->problems_len; i++) {
        const struct problem_row *row = &table->problems[i];
        for (size_t k = 0; k < row->texts.len; k++)
            lint_problem(&l, row, row->texts.items[k].text);
        if (!row->texts.len)
            lint_problem(&l, row, NULL);
    }
    return l.faults;
}
