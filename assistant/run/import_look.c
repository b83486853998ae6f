/*
 * import_look - which settings of servers name the other client's files
 */
#include <string.h>
#include <sys/stat.h>

#include "act/import_text.h"
#include "base/file.h"
#include "run/import_handover.h"

enum { DEPTH_MAX = 3, FILES_MAX = 3000, USES_MAX = 5 };

static const char *const places[] = {
    "/etc/postfix",     "/etc/dovecot",    "/etc/exim4",    "/etc/nginx",
    "/etc/apache2",     "/etc/httpd",      "/etc/haproxy",  "/etc/courier",
    "/etc/imapd.conf",  "/etc/smtpd.conf", "/etc/mail",     "/etc/stunnel",
    "/etc/prosody",     "/etc/ejabberd",   "/etc/lighttpd", "/etc/proftpd",
    "/etc/vsftpd.conf", "/etc/default",    "/etc/rspamd",   "/etc/cyrus-imapd",
    "/etc/opensmtpd",
};

struct look {
    struct import_plan *plan;
    unsigned files;
};

/* A line that is a comment uses nothing. */
static bool is_comment(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    at += strspn(at, " \t");
    return *at == '#';
}

/* The path, and not a longer one that begins so. */
static const char *find_path(const char *text, const char *path)
{
    size_t len = strlen(path);

    for (const char *at = strstr(text, path); at; at = strstr(at + 1, path))
        if ((!at[len] || strchr(" \t\r\n;,\"'<>)}]#:|&", at[len])) &&
            !is_comment(text, at))
            return at;
    return NULL;
}

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

static void look_for_item(struct arena *a, struct import_item *item,
                          const char *file, const char *text)
{
    for (const struct import_old *o = item->lineage->old; o && o->path; o++) {
        const char *at = find_path(text, o->path);
        if (!at || item->uses.len == USES_MAX)
            continue;
        text_list_add(a, &item->uses,
                      arena_printf(a, "%s:%u", file, line_of(text, at)));
        return;
    }
}

static void look_at_file(struct look *l, const char *path)
{
    struct import_plan *p = l->plan;
    struct arena *a = arena_new();
    const char *text = NULL;

    if (!import_text_look(a, path, &text))
        for (size_t i = 0; i < p->len; i++)
            look_for_item(p->arena, &p->items[i], path, text);
    arena_free(a);
}

static void look_below(struct look *l, const char *path, unsigned depth)
{
    struct arena *a = l->plan->arena;
    const char *const *names = NULL;
    struct stat what;
    size_t len = 0;
    struct err ignored;

    if (stat(path, &what) != 0 || l->files >= FILES_MAX)
        return;
    l->files++;
    if (S_ISREG(what.st_mode)) {
        look_at_file(l, path);
        return;
    }
    if (!S_ISDIR(what.st_mode) || depth == DEPTH_MAX ||
        !file_list(a, path, "", &names, &len, &ignored))
        return;
    for (size_t i = 0; i < len; i++)
        look_below(l, arena_printf(a, "%s/%s", path, names[i]), depth + 1);
}

void import_handover_look(struct import_plan *p)
{
    struct look l = { .plan = p };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        look_below(&l, places[i], 0);
}
