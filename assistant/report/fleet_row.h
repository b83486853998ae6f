#ifndef CERTMEND_REPORT_FLEET_ROW_H
#define CERTMEND_REPORT_FLEET_ROW_H
/*
 * fleet_row - what one line says of a target among many
 *
 * Read from a line of JSON Lines, fresh or years old, so that a table, a page,
 * and what has changed since an earlier run all rest on the same. All text is
 * copied and printable; what is written into a table, CSV, HTML or a metric
 * is escaped there.
 */
#include "model/plan.h"

enum fleet_grade { /* worst first */
                   FLEET_ERROR,
                   FLEET_WARNING,
                   FLEET_UNSEEN,
                   FLEET_NO_TARGET, /* the line is none, or we failed */
                   FLEET_OK,
                   FLEET_GRADES,
};

extern const struct word fleet_grade_words[]; /* "error", "no target", ... */

struct fleet_fault {
    const char *id, *title, *detail;
    enum severity severity; /* never SEV_INFO */
    struct text_list ports; /* where it was seen: "465" */
    bool is_part;           /* told with another one */
};

struct fleet_cert { /* a leaf that clients see */
    const char *sha256, *issuer;
    const char *maker; /* the issuer's organisation, or the issuer */
    struct text_list names;
    int64_t begins_s, ends_s; /* Unix; 0 and 0: malformed */
};

struct fleet_place { /* as clients see it, all addresses together */
    const char *host;
    uint16_t port;
    bool tried;
    bool answers; /* with TLS or without */
    const size_t *certs;
    size_t certs_len;
};

enum fleet_change { /* since an earlier run */
                    FLEET_UNCHANGED,
                    FLEET_NEW, /* a fault, or the target itself */
                    FLEET_MENDED,
                    FLEET_CHANGED,
                    FLEET_CHANGES,
};

extern const struct word fleet_change_words[]; /* "unchanged", ... */

struct fleet_news {   /* one thing that has changed */
    const char *kind; /* "renewed"; see fleet_since.h */
    const char *text; /* "renewed, to 22 January 2027" */
};

struct fleet_row {
    const char *target; /* as it was asked for */
    const char *label;  /* whose it is; "" */
    enum fleet_grade grade;
    const char *fault; /* the worst one in words, or why nothing is known; "" */
    const char *fault_id; /* "" */
    const char *port;     /* of it: "465", "25, 465"; "" */
    bool has_days;
    int64_t days; /* left of the certificate that ends first; may be negative */
    const char *who, *who_short; /* has to act; "" */
    const char *fix;             /* the best way; "" */
    int confidence;              /* 0 to 100 */
    int64_t looked_at_s;

    const struct fleet_fault *faults;
    size_t faults_len;
    const struct fleet_cert *certs;
    size_t certs_len;
    const struct fleet_place *places;
    size_t places_len;

    size_t at;     /* in the order in which they were given */
    bool compared; /* with an earlier run: the next two are good */
    enum fleet_change change;
    const struct fleet_news *news;
    size_t news_len;
};

/* `line`: a report (certmend.report/1) or the line of a failure
 * (certmend.failure/1). ERR_INPUT: it is neither. */
MUST_CHECK bool fleet_row_read(struct arena *a, const struct json *line,
                               struct fleet_row *out, struct err *err);

/* The line of a failure. `label`: whose it is, or NULL. */
struct json *fleet_row_failure(struct arena *a, const char *input,
                               const char *label, const char *error);

/* Worst first: by grade, then by how much is lost, by what ends first, and as
 * they were given. */
void fleet_row_sort(const struct fleet_row **rows, size_t len);

/* By name; of the same the first given first. */
void fleet_row_sort_by_target(const struct fleet_row **rows, size_t len);

/* "40 targets: 8 with errors, 3 with warnings, 21 fine, 8 not seen." */
const char *fleet_row_sum(struct arena *a, const struct fleet_row *const *rows,
                          size_t len);

/* The certificate that ends first, or NULL. */
const struct fleet_cert *fleet_row_first_to_end(const struct fleet_row *r);

#endif
