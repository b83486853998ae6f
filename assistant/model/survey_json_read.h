#ifndef CERTMEND_MODEL_SURVEY_JSON_READ_H
#define CERTMEND_MODEL_SURVEY_JSON_READ_H
/*
 * survey_json_read - the values of a survey file, each checked as it is read
 *
 * The first fault sticks: what is read after it is empty, and the caller asks
 * once, at the end, whether there was one. A text that would move a terminal's
 * cursor is a fault, as the program itself writes none.
 *
 * For survey_json.c and survey_json_from.c only.
 */
#include "base/json.h"
#include "base/table.h"

#define SURVEY_SCHEMA "certmend.survey/1"

extern const struct word target_kind_words[]; /* "host", "domain", "file" */

struct reader {
    struct arena *arena;
    const char *path; /* "s.json: cells[3]" */
    struct err *err;
    bool failed;
};

/* Where we are, for messages; returns the outer place to go back to. */
const char *reader_enter(struct reader *r, const char *list, size_t index);

const char *reader_text(struct reader *r, const struct json *o,
                        const char *key); /* never NULL */
const char *reader_maybe(struct reader *r, const struct json *o,
                         const char *key); /* null: NULL */
int64_t reader_number(struct reader *r, const struct json *o, const char *key,
                      int64_t min, int64_t max);
bool reader_bool(struct reader *r, const struct json *o, const char *key);
int reader_word(struct reader *r, const struct json *o, const char *key,
                const struct word *table);
const struct json *reader_object(struct reader *r, const struct json *o,
                                 const char *key);
/* Every member has to be of `type`. */
const struct json *reader_list(struct reader *r, const struct json *o,
                               const char *key, enum json_type type);
const char *const *reader_texts(struct reader *r, const struct json *o,
                                const char *key, size_t *len);
const uint8_t *reader_bytes(struct reader *r, const struct json *o,
                            const char *key, size_t max, size_t *len);
void reader_fault(struct reader *r, const char *key, const char *why);

#endif
