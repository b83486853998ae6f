#ifndef CERTMEND_MACHINE_CONF_FOLDED_H
#define CERTMEND_MACHINE_CONF_FOLDED_H
/*
 * conf_folded - a line of a configuration that goes on in others, as one text,
 * with where in the file each byte of it stands
 */
#include "machine/conf_text.h"

struct conf_folded {
    const struct machine_file *file;
    char *text; /* NUL-terminated; NULL: nothing was gathered */
    size_t *at; /* of each byte, in the file */
    size_t len, room;
    size_t line;  /* of the first byte, from 1 */
    size_t end;   /* in the file, behind its last byte */
    bool has_nul; /* some byte is one */
};

/* The bytes from..to of the file. */
void conf_folded_add(struct arena *a, struct conf_folded *f,
                     const struct machine_file *file, size_t from, size_t to);

/* A blank that stands for the byte `at`. */
void conf_folded_blank(struct arena *a, struct conf_folded *f, size_t at);

/* Bytes from..to of the text, from > 0, as a value: of file number `index`. */
void conf_folded_value(struct arena *a, const struct conf_folded *f,
                       size_t index, size_t from, size_t to,
                       struct conf_setting *out);

#endif
