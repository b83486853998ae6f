#ifndef CERTMEND_MACHINE_NGINX_WORDS_H
#define CERTMEND_MACHINE_NGINX_WORDS_H
/*
 * nginx_words - one file of nginx as words, semicolons and braces, as nginx
 * takes it apart
 */
#include "machine/conf_text.h"

enum nginx_mark {
    NGINX_WORD,
    NGINX_END,   /* ; */
    NGINX_OPEN,  /* { */
    NGINX_CLOSE, /* } */
    NGINX_OVER,  /* of the file */
    NGINX_WRONG, /* an open quote, or something behind a closed one */
};

struct nginx_word {
    const char *text;      /* without quotes and escapes */
    struct conf_span span; /* quotes not in it */
    size_t begin, end;     /* with them */
};

struct nginx_words {
    struct arena *arena;
    const struct machine_file *file;
    size_t index; /* of the file */
    size_t at;    /* 0 at first */
    size_t line;  /* 1 at first */
};

/* *out is set for a word, and has its place for every other mark. */
enum nginx_mark nginx_words_next(struct nginx_words *w, struct nginx_word *out);

/* Goes on behind the } that belongs to a { that was read last: what stands in
 * between is of another language. False: there is none. */
bool nginx_words_skip_block(struct nginx_words *w);

#endif
