/* Any text as what an act's folder says of itself. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "act/act_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_line(const char *text)
{
    for (const char *p = text; p && *p; p++)
        must((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void check_path(const char *path)
{
    check_line(path);
    must(path[0] == '/' && path[1] && strlen(path) < PATH_MAX);
    must(path[strlen(path) - 1] != '/');
    must(!strstr(path, "//") && !strstr(path, "/../") && !strstr(path, "/./"));
    const char *last = strrchr(path, '/') + 1;
    must(strcmp(last, ".") != 0 && strcmp(last, "..") != 0);
}

static void check_words(const char *const *words, size_t len)
{
    must(len <= ACT_WORDS_MAX && words && !words[len]);
    for (size_t i = 0; i < len; i++)
        check_line(words[i]);
    must(!len || (*words[0] && *words[0] != '-'));
    must(!len || *words[0] == '/' || !strchr(words[0], '/'));
}

static void check(const struct act_record *r)
{
    must(r->files_len && r->files_len <= ACT_FILES_MAX);
    for (size_t i = 0; i < r->files_len; i++) {
        check_path(r->files[i].path);
        must(r->files[i].mode <= 07777);
        must(strlen(r->files[i].after_sha256) == 64);
        for (size_t k = 0; k < i; k++)
            must(strcmp(r->files[i].path, r->files[k].path) != 0);
    }
    check_line(r->what);
    check_line(r->target);
    check_words(r->check, r->check_len);
    check_words(r->reload, r->reload_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct act_record r;
    struct err err;

    /* The reader of a file ends what it read with a NUL. */
    if (act_record_parse(a, arena_text_n(a, (const char *)data, size), size,
                         "fuzz", &r, &err))
        check(&r);
    arena_free(a);
    return 0;
}
