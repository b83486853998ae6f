#ifndef CERTMEND_TESTS_CONF_BENCH_H
#define CERTMEND_TESTS_CONF_BENCH_H
/*
 * conf_bench - a server's configuration in a folder of its own, to be read and
 * edited; its program is a piece of shell that says what it is told to
 *
 * In every text and path "@" stands for that folder, and "\@" for the sign.
 */
#include "base/json.h"
#include "machine/server_conf.h"

struct conf_bench {
    struct arena *arena;
    const char *top; /* "/tmp/certmend-conf-x1y2z3" */
    struct listener listener;
    struct server_conf conf;
    struct err err; /* of what failed last */
};

void bench_open(struct conf_bench *b, struct arena *a);
void bench_close(struct conf_bench *b);

const char *bench_text(const struct conf_bench *b, const char *text);
void bench_put(const struct conf_bench *b, const char *path, const char *text);

/* Its program: answers with `script`. "@/haproxy", say. */
void bench_program(struct conf_bench *b, const char *path, const char *script);

/* Reads as that software listening there, started with these words (one text,
 * blanks between them). */
bool bench_read(struct conf_bench *b, const char *software, uint16_t port,
                const char *words);

/* "PATH:LINE" of the value, without the folder; "" where it has none. */
const char *bench_where(const struct conf_bench *b,
                        const struct conf_value *value);

/* The file's text after the change, or NULL and b->err. The change has to
 * differ from what was read in the edits' bytes alone, and only in this file.
 */
const char *bench_edit(struct conf_bench *b, const struct tls_place *place,
                       const char *cert, const char *key, const char *path);

/* What was read, and each place's edits to these paths. */
struct json *bench_tell(struct conf_bench *b, const char *cert,
                        const char *key);

#endif
