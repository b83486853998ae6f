#ifndef CERTMEND_ACT_IMPORT_TEXT_H
#define CERTMEND_ACT_IMPORT_TEXT_H
/*
 * import_text - settings of other programs, read without running them
 *
 * A file counts only where nobody but root and we could have written it: what
 * it says will be run as us. What cannot be understood is said to be so, never
 * guessed.
 */
#include "base/arena.h"

enum { IMPORT_TEXT_MAX = 256 * 1024 };

/* *why: half a sentence, why not; `path` stands in it. NULL: it was read. The
 * text holds no NUL. */
const char *import_text_read(struct arena *a, const char *path,
                             const char **text);

/* The same, whoever wrote it: for who only looks whether a word is in it. */
const char *import_text_look(struct arena *a, const char *path,
                             const char **text);

/* Half a sentence, who else may write to it; NULL: nobody. */
const char *import_text_stranger(struct arena *a, const char *path);

/*
 * certbot's renewal/NAME.conf, as ConfigObj writes it: [section], [[section]],
 * key = value, "a, b,", quotes of one sign or three.
 */
struct import_ini_row {
    const char *section; /* the innermost; "" before the first */
    const char *key;
    const char *const *values;
    size_t len; /* of values; at least one */
};

struct import_ini {
    const struct import_ini_row *rows;
    size_t len;
    unsigned bad_line; /* 0: none; the first that is no such line */
};

struct import_ini import_ini_read(struct arena *a, const char *text);

/* The first value; NULL: there is none. */
const char *import_ini_find(const struct import_ini *ini, const char *section,
                            const char *key);

/*
 * Assignments of a shell: NAME=word, quoted or not, with $NAME of those above.
 */
struct import_variable {
    const char *name;  /* NULL: the line is no assignment */
    const char *value; /* NULL: only running it would tell */
    unsigned line;
};

struct import_shell {
    struct import_variable *all;
    size_t len;
};

/* `out` may hold some already. */
void import_shell_read(struct arena *a, const char *text,
                       struct import_shell *out);
void import_shell_set(struct arena *a, struct import_shell *s, const char *name,
                      const char *value);

/* The last one counts; NULL: none, or not known. */
const char *import_shell_find(const struct import_shell *s, const char *name);
/* There is one, and only running it would tell. */
bool import_shell_is_unknown(const struct import_shell *s, const char *name);

/* acme.sh wraps some values: __ACME_BASE64__START_...__ACME_BASE64__END_. NULL:
 * what is in it is no text. */
const char *import_unwrap(struct arena *a, const char *value);

#endif
