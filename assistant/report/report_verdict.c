#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "report/report.h"

/* Something of what was asked answered well enough to be judged. */
static bool was_seen(const struct survey *s)
{
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        bool bare = cell_state(s, c) == STATE_NO_TLS;
        if (client_view_asked(s, c) &&
            (bare || (cell_has_tls(c) && cell_speaks(c))))
            return true;
    }
    return false;
}

enum verdict_word report_verdict(const struct report *r)
{
    enum severity worst = findings_worst(r->findings);

    if (worst == SEV_ERROR || worst == SEV_WARNING)
        return VERDICT_PROBLEMS;
    /* RFC 7505: a domain that takes no mail has nothing to look at. */
    if (was_seen(r->survey) || finding_find(r->findings, "mx.null"))
        return VERDICT_OK;
    return VERDICT_UNTESTED;
}
