#include "model/finding.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

const struct word severity_words[] = {
    { "info", SEV_INFO },
    { "warning", SEV_WARNING },
    { "error", SEV_ERROR },
    { NULL, SEV_COUNT },
};
static_assert(sizeof severity_words / sizeof *severity_words == SEV_COUNT + 1,
              "a word per severity");

struct finding *finding_add(struct findings *out, const struct finding_def *def,
                            enum severity sev, const char *detail_fmt, ...)
{
    struct arena *a = out->arena;
    va_list args;

    va_start(args, detail_fmt);
    const char *detail = arena_vprintf(a, detail_fmt, args);
    va_end(args);
    out->items = arena_grow(a, out->items, out->len, sizeof *out->items);
    struct finding *f = &out->items[out->len++];
    *f = (struct finding){
        .def = def,
        .severity = sev,
        .detail = detail,
        .params = json_object(a),
    };
    return f;
}

void finding_cell(struct findings *out, struct finding *f, size_t cell)
{
    size_t *cells =
        arena_grow(out->arena, f->cells, f->cells_len, sizeof *cells);

    cells[f->cells_len++] = cell;
    f->cells = cells;
}

void finding_text(struct findings *out, struct finding *f, const char *name,
                  const char *value)
{
    if (value)
        json_put_text(out->arena, f->params, name, value);
}

void finding_number(struct findings *out, struct finding *f, const char *name,
                    double value)
{
    json_put_number(out->arena, f->params, name, value);
}

void finding_list(struct findings *out, struct finding *f, const char *name,
                  const char *const *values, size_t len)
{
    struct json *list = json_put_array(out->arena, f->params, name);

    for (size_t i = 0; i < len; i++)
        json_add_text(out->arena, list, values[i]);
}

const struct finding *finding_find(const struct findings *all, const char *id)
{
    for (size_t i = 0; i < all->len; i++)
        if (strcmp(all->items[i].def->id, id) == 0)
            return &all->items[i];
    return NULL;
}

enum severity findings_worst(const struct findings *all)
{
    enum severity worst = SEV_COUNT;

    for (size_t i = 0; i < all->len; i++) {
        enum severity sev = all->items[i].severity;
        if (worst == SEV_COUNT || sev > worst)
            worst = sev;
    }
    return worst;
}

enum severity findings_worst_of(const struct findings *all, size_t cell)
{
    enum severity worst = SEV_COUNT;

    for (size_t i = 0; i < all->len; i++) {
        const struct finding *f = &all->items[i];
        for (size_t k = 0; k < f->cells_len; k++)
            if (f->cells[k] == cell &&
                (worst == SEV_COUNT || f->severity > worst))
                worst = f->severity;
    }
    return worst;
}

void findings_sort(struct findings *all)
{
    struct finding *sorted =
        arena_alloc(all->arena, all->len + 1, sizeof *sorted);
    size_t len = 0;

    for (int sev = SEV_COUNT - 1; sev >= 0; sev--)
        for (size_t i = 0; i < all->len; i++)
            if ((int)all->items[i].severity == sev)
                sorted[len++] = all->items[i];
    if (len)
        memcpy(all->items, sorted, len * sizeof *sorted);
}
