#ifndef CERTMEND_REPORT_FLEET_SINCE_H
#define CERTMEND_REPORT_FLEET_SINCE_H
/*
 * fleet_since - what has changed since an earlier run
 *
 * Pure: two rows of the same target go in. Kinds of news: "target" (it was not
 * in the earlier run), "fault", "worse", "mended", "renewed", "issuer",
 * "lost-name", "certificate" (another one, which ends no later), "lost-port",
 * "port", "lost-host", "host", "unseen", "seen". A look that could not be made
 * neither mends nor breaks anything.
 */
#include "report/fleet_row.h"

struct fleet_past;

/* `text` is what "check --format jsonl" wrote; `name` says in errors where it
 * came from. */
MUST_CHECK bool fleet_since_read(struct arena *a, const char *text, size_t len,
                                 const char *name, struct fleet_past **out,
                                 struct err *err);

/* Fills in what has become of it. */
void fleet_since_compare(struct arena *a, const struct fleet_past *past,
                         struct fleet_row *row);

/* {"change":"changed","news":[{"kind","text"}]} of a compared row. */
struct json *fleet_since_json(struct arena *a, const struct fleet_row *row);

/* "new: ...; renewed, to ..."; "" where nothing has changed. */
const char *fleet_since_text(struct arena *a, const struct fleet_row *row);

/* The same behind the word of the change: "changed: renewed, to ...",
 * "unchanged"; "" of a row that was not compared. */
const char *fleet_since_words(struct arena *a, const struct fleet_row *row);

#endif
