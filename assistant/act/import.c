#include "act/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

const struct import_tool import_tools[] = {
    { "certbot", "/etc/letsencrypt",
      LIST("certbot.timer", "certbot-renew.timer", "snap.certbot.renew.timer"),
      "certbot", import_certbot },
    { "acme.sh", "~/.acme.sh", LIST("acme.sh.timer", "acme_letsencrypt.timer"),
      "acme.sh", import_acmesh },
    { "lego", ".lego", LIST("lego.timer", "lego-renew.timer"), "lego",
      import_lego },
    { "dehydrated", "/etc/dehydrated", LIST("dehydrated.timer"), "dehydrated",
      import_dehydrated },
    { "uacme", "/etc/ssl/uacme", LIST("uacme.timer"), "uacme", import_uacme },
    { NULL, NULL, NULL, NULL, NULL },
};

static const char *whole_path(struct arena *a, const char *dir)
{
    char real[4096];
    const char *home = getenv("HOME");

    if (strncmp(dir, "~/", 2) == 0)
        dir = arena_printf(a, "%s%s", home ? home : "", dir + 1);
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    dir = arena_text_n(a, dir, len);
    /* Programs are run from elsewhere later on. */
    if (dir[0] != '/' && realpath(dir, real))
        return arena_text(a, real);
    return dir;
}

bool import_read(struct arena *a, const char *tool, const char *dir,
                 struct import_source *out, struct err *err)
{
    const struct import_tool *t = import_tools;

    while (t->name && strcmp(t->name, tool) != 0)
        t++;
    if (!t->name)
        return err_set(
            err, ERR_USAGE,
            "certbot, acme.sh, lego, dehydrated or uacme was wanted, "
            "not \"%.60s\"",
            tool);
    const char *path = whole_path(a, dir ? dir : t->usual);
    *out = (struct import_source){ .tool = t, .dir = path };
    if (!file_exists(path))
        return err_set(err, ERR_INPUT,
                       "what %s has set up was to be read, and there is no %s; "
                       "name its folder behind it",
                       t->name, path);
    return t->read(a, path, out, err);
}
