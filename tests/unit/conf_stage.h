#ifndef CERTMEND_TESTS_CONF_STAGE_H
#define CERTMEND_TESTS_CONF_STAGE_H
/*
 * conf_stage - a folder with configuration files to read and edit, as a root
 * of its own
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/folder.h"
#include "machine/conf_edits.h"

static char stage_top[] = "/tmp/certmend-conf-XXXXXX";

static inline int stage_make(void **state)
{
    (void)state;
    return mkdtemp(stage_top) ? 0 : -1;
}

static inline void stage_remove(const char *path)
{
    char command[4096];

    snprintf(command, sizeof command, "rm -rf -- '%s'", path);
    if (system(command) != 0)
        fail_msg("%s stays", path);
}

static inline int stage_unmake(void **state)
{
    (void)state;
    stage_remove(stage_top);
    return 0;
}

/* The file at a path of the root, with these bytes; its folder is made. */
static inline void stage_put(const char *path, const void *bytes, size_t len)
{
    const char *whole = arena_printf(arena, "%s%s", stage_top, path);
    const char *slash = strrchr(whole, '/');
    struct err err;

    if (!folder_make(arena_text_n(arena, whole, (size_t)(slash - whole)),
                     FOLDER_PUBLIC, &err) ||
        !file_write(whole, bytes, len, FILE_PUBLIC, &err))
        fail_msg("%s", err.text);
}

static inline void stage_text(const char *path, const char *text)
{
    stage_put(path, text, strlen(text));
}

static inline void stage_empty(void)
{
    stage_remove(arena_printf(arena, "%s/etc", stage_top));
}

/* Of the staged root, with nothing read yet. */
static inline struct server_conf stage_conf(const struct listener *l)
{
    struct server_conf conf = { .listener = l };
    struct err err;

    if (!machine_root_open(arena, stage_top, &conf.root, &err))
        fail_msg("%s", err.text);
    return conf;
}

static inline const char *stage_after(const struct server_conf *conf,
                                      const struct conf_edits *edits,
                                      const char *path, size_t *len)
{
    const char *text = NULL;

    for (size_t i = 0; i < conf->files_len; i++)
        if (strcmp(conf->files[i].path, path) == 0) {
            conf_edits_apply(arena, conf, edits, i, &text, len);
            return text;
        }
    fail_msg("%s was not read", path);
    return NULL;
}

#endif
