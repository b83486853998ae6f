#include <assert.h>

#include "facts/cell_state.h"
#include "page/page_parts.h"

static const char *const kinds[] = {
    [MARK_UNKNOWN] = "unknown", [MARK_FINE] = "fine",   [MARK_INFO] = "info",
    [MARK_WARNING] = "warning", [MARK_FAULT] = "fault",
};
static_assert(sizeof kinds / sizeof *kinds == MARK_COUNT, "a word per mark");

void page_put_mark(const struct page_part *p, struct json *o,
                   enum page_mark mark)
{
    json_put_text(p->arena, o, "kind", kinds[mark]);
}

enum page_mark page_cell_mark(const struct report *r, size_t cell)
{
    const struct cell *c = &r->survey->cells[cell];
    enum severity told = findings_worst_of(r->findings, cell);

    if (told == SEV_ERROR)
        return MARK_FAULT;
    if (told == SEV_WARNING)
        return MARK_WARNING;
    if (cell_state(r->survey, c) == STATE_VERIFIED)
        return MARK_FINE;
    return cell_answered(c) ? MARK_INFO : MARK_UNKNOWN;
}

int page_cell_ms(const struct cell *c)
{
    return c->connect.elapsed_ms + c->greeting.elapsed_ms +
           c->starttls.elapsed_ms + c->handshake.elapsed_ms +
           c->inside.elapsed_ms;
}
