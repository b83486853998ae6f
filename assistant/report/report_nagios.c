#include "report/report.h"

#include <string.h>

#include "report/report_words.h"

/* Monitoring Plugins, development guidelines 2.1: one line, no "|", which
 * would begin performance data. */
static void put_line(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_char(out, '/');
        else
            buf_char(out, *text == '\n' ? ' ' : *text);
    }
    buf_char(out, '\n');
}

void report_nagios(struct arena *a, const struct report *r, struct buf *out)
{
    enum severity worst = findings_worst(r->findings);
    const char *word = "OK";
    const char *title = "";

    if (report_verdict(r) == VERDICT_UNTESTED)
        word = "UNKNOWN";
    if (report_verdict(r) == VERDICT_PROBLEMS) {
        word = worst == SEV_ERROR ? "CRITICAL" : "WARNING";
        title = r->findings->items[0].def->title;
    }
    put_line(arena_printf(a, "CERTMEND %s - %s%s%s", word,
                          report_sentence(a, r), *title ? " " : "", title),
             out);
}
