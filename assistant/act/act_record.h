#ifndef CERTMEND_ACT_ACT_RECORD_H
#define CERTMEND_ACT_ACT_RECORD_H
/*
 * act_record - what an act is about, as its folder in the journal has it
 *
 *     ID/intent.json      what, which files, what they were, what is run
 *     ID/1.before         the bytes of the first file; not there: it is new
 *     ID/1.after          what it becomes
 *     ID/1.found          what somebody else had made of it by the time it was
 *                         to be taken back
 *     ID/applied ...      how far it went (act/act_journal.c)
 *
 * What is read was written by us, or so it looks: every field is checked all
 * the same, and the bytes against their digests. A record that would not be
 * read again is not written.
 */
#include "act/act_folder.h"

#include <stdint.h>

enum {
    ACT_FILE_MAX = 4 * 1024 * 1024, /* bytes of one file that is changed */
    ACT_FILES_MAX = 64,
    ACT_WORDS_MAX = 64, /* of a command */
};

struct act_record_file {
    const char *path; /* absolute, without "." and ".." */
    bool was_there;
    uint32_t mode; /* of a new file: the one it gets */
    uint32_t uid, gid;
    int64_t mtime_s;
    uint32_t mtime_ns;
    const char *before_sha256; /* "": was not there */
    const char *after_sha256;
    /* From files of their own. */
    const char *before, *after;
    size_t before_len, after_len;
};

struct act_record {
    const char *id; /* the folder's name */
    const char *what;
    const char *target; /* NULL: none */
    int64_t at;
    const struct act_record_file *files;
    size_t files_len;
    const char **check, **reload; /* NULL ends them */
    size_t check_len, reload_len; /* 0: none */
};

/* Is it an act's name: "20261128T201500Z-postfix-1"? */
bool act_record_is_id(const char *name);

/* The number at its end: of those that began in the same second. */
long act_record_number(const char *id);

/* "1.before" of the first. */
const char *act_record_name(struct arena *a, size_t file, const char *kind);

/* Would it be read again as it is? Works out the digests. */
MUST_CHECK bool act_record_check(struct arena *a, struct act_record *r,
                                 struct err *err);

/* One that has been checked. */
MUST_CHECK bool act_record_write(const struct act_folder *f,
                                 const struct act_record *r, struct err *err);

/* *out->id is what the caller says. */
MUST_CHECK bool act_record_read(const struct act_folder *f, const char *id,
                                struct act_record *out, struct err *err);

/* The checks of intent.json alone, for bytes of strangers. */
MUST_CHECK bool act_record_parse(struct arena *a, const char *text, size_t len,
                                 const char *name, struct act_record *out,
                                 struct err *err);

#endif
