#include <string.h>

#include "report/fleet_report.h"

/* Labels: the target, which the list bounds; words and ids of our own. What a
 * server says becomes no label: it could say something else each night. All are
 * gauges, which the older text format of Prometheus has as well. */

static void put_label(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            buf_char(out, '\\');
        if (*value == '\n')
            buf_text(out, "\\n");
        else
            buf_char(out, *value);
    }
    buf_char(out, '"');
}

static void put_family(struct buf *out, const char *name, const char *help)
{
    buf_printf(out, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

static void put_value(struct buf *out, const char *name,
                      const struct fleet_row *r, long long value)
{
    buf_printf(out, "%s{", name);
    put_label(out, "target", r->target);
    buf_printf(out, "} %lld\n", value);
}

struct metric {
    const char *name, *help;
    bool (*read)(const struct fleet_row *r, long long *out); /* false: none */
};

static bool is_seen(const struct fleet_row *r)
{
    return r->grade != FLEET_UNSEEN && r->grade != FLEET_NO_TARGET;
}

static bool read_seen(const struct fleet_row *r, long long *out)
{
    *out = is_seen(r);
    return true;
}

static bool read_ok(const struct fleet_row *r, long long *out)
{
    *out = r->grade == FLEET_OK;
    return is_seen(r);
}

static bool read_confidence(const struct fleet_row *r, long long *out)
{
    *out = r->confidence;
    return is_seen(r);
}

static bool read_end(const struct fleet_row *r, long long *out)
{
    const struct fleet_cert *first = fleet_row_first_to_end(r);

    *out = first ? first->ends_s : 0;
    return first != NULL;
}

static bool read_begin(const struct fleet_row *r, long long *out)
{
    const struct fleet_cert *first = fleet_row_first_to_end(r);

    *out = first ? first->begins_s : 0;
    return first != NULL;
}

static bool read_looked(const struct fleet_row *r, long long *out)
{
    *out = r->looked_at_s;
    return r->looked_at_s != 0;
}

static const struct metric metrics[] = {
    { "certmend_target_seen", "1: it could be looked at.", read_seen },
    { "certmend_target_ok", "1: nothing is wrong; 0: an error or a warning.",
      read_ok },
    { "certmend_target_confidence_percent",
      "How sure a mail program is to get through.", read_confidence },
    { "certmend_certificate_not_after_timestamp_seconds",
      "When the certificate ends that ends first.", read_end },
    { "certmend_certificate_not_before_timestamp_seconds",
      "When that certificate began.", read_begin },
    { "certmend_target_looked_at_timestamp_seconds", "When it was looked at.",
      read_looked },
};

/* The same target twice would be the same sample twice. */
static struct fleet_rows without_repeats(struct arena *a,
                                         const struct fleet_rows *rows)
{
    const struct fleet_row **kept =
        arena_alloc(a, rows->len + 1, sizeof(struct fleet_row *));
    const struct fleet_row **sorted = kept;
    size_t len = 0;

    for (size_t i = 0; i < rows->len; i++)
        sorted[i] = rows->items[i];
    fleet_row_sort_by_target(sorted, rows->len);
    for (size_t i = 0; i < rows->len; i++)
        if (!len || strcmp(kept[len - 1]->target, sorted[i]->target) != 0)
            kept[len++] = sorted[i];
    return (struct fleet_rows){ kept, len };
}

static void put_faults(const struct fleet_rows *rows, struct buf *out)
{
    static const char name[] = "certmend_target_faults";

    put_family(out, name, "Errors and warnings.");
    for (size_t i = 0; i < rows->len; i++) {
        const struct fleet_row *r = rows->items[i];
        size_t counts[SEV_COUNT] = { 0 };
        for (size_t k = 0; k < r->faults_len; k++)
            counts[r->faults[k].severity] += !r->faults[k].is_part;
        for (int s = SEV_WARNING; is_seen(r) && s <= SEV_ERROR; s++) {
            buf_printf(out, "%s{", name);
            put_label(out, "target", r->target);
            buf_char(out, ',');
            put_label(out, "severity", table_text(severity_words, s));
            buf_printf(out, "} %zu\n", counts[s]);
        }
    }
}

/* One a target, as many as there are targets whatever goes wrong. */
static void put_worst(const struct fleet_rows *rows, struct buf *out)
{
    static const char name[] = "certmend_target_worst_fault";

    put_family(out, name, "The worst fault of a target that has one.");
    for (size_t i = 0; i < rows->len; i++) {
        const struct fleet_row *r = rows->items[i];
        if (!*r->fault_id)
            continue;
        buf_printf(out, "%s{", name);
        put_label(out, "target", r->target);
        buf_char(out, ',');
        put_label(out, "finding", r->fault_id);
        buf_text(out, "} 1\n");
    }
}

static void put_sum(const struct fleet_rows *rows, struct buf *out)
{
    static const char name[] = "certmend_targets";
    size_t counts[FLEET_GRADES] = { 0 };

    for (size_t i = 0; i < rows->len; i++)
        counts[rows->items[i]->grade]++;
    put_family(out, name, "Targets of the run by verdict.");
    for (int g = 0; g < FLEET_GRADES; g++) {
        buf_printf(out, "%s{", name);
        put_label(out, "verdict", table_text(fleet_grade_words, g));
        buf_printf(out, "} %zu\n", counts[g]);
    }
}

void fleet_report_metrics(struct arena *a, const struct fleet_rows *rows,
                          struct buf *out)
{
    const struct fleet_rows once = without_repeats(a, rows);

    for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
        put_family(out, metrics[m].name, metrics[m].help);
        for (size_t i = 0; i < once.len; i++) {
            long long value = 0;
            if (metrics[m].read(once.items[i], &value))
                put_value(out, metrics[m].name, once.items[i], value);
        }
    }
    put_faults(&once, out);
    put_worst(&once, out);
    put_sum(&once, out);
    buf_text(out, "# EOF\n");
}
