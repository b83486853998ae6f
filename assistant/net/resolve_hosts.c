#include "net/resolve_hosts.h"

#include <string.h>

#include "base/file.h"
#include "model/name.h"

enum { HOSTS_MAX = 4 * 1024 * 1024 }; /* bytes; block lists are this long */

#define BLANKS " \t\r\f\v"

struct hosts_entry {
    const char *name;    /* normal form */
    const char *address; /* canonical text */
    enum dns_type type;
};

struct hosts {
    struct hosts_entry *items;
    size_t len;
};

/* Takes a word off the front of *line; its length, 0: no more. */
static size_t take_word(const char **line, const char **word)
{
    *word = *line + strspn(*line, BLANKS);
    size_t len = strcspn(*word, BLANKS "#\n");
    *line = *word + len;
    return len;
}

static void add(struct arena *a, struct hosts *h,
                const struct hosts_entry *host)
{
    h->items = arena_grow(a, h->items, h->len, sizeof *h->items);
    h->items[h->len++] = *host;
}

static void read_line(struct arena *a, struct hosts *h, const char *line)
{
    const char *word = NULL;
    size_t len = take_word(&line, &word);
    struct name_read address = name_read(a, word, len);
    bool is_ip4 = address.kind == NAME_IP4;

    if (!is_ip4 && address.kind != NAME_IP6)
        return;
    while ((len = take_word(&line, &word))) {
        struct name_read name = name_read(a, word, len);
        struct hosts_entry host = { .name = name.text,
                                    .address = address.text,
                                    .type = is_ip4 ? DNS_A : DNS_AAAA };
        if (name.kind == NAME_HOST)
            add(a, h, &host);
    }
}

struct hosts *hosts_read(struct arena *a, const char *path)
{
    struct hosts *h = arena_alloc(a, 1, sizeof *h);
    const char *text = NULL;
    size_t len = 0;
    struct err err; /* not there is as good as empty */

    if (!file_read(a, path, HOSTS_MAX, &text, &len, &err))
        return h;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        read_line(a, h, line);
    }
    return h;
}

bool hosts_answer(const struct hosts *h, struct arena *a,
                  struct dns_answer *answer)
{
    struct dns_record *records = NULL;
    bool known = false;
    size_t len = 0;

    if (answer->type != DNS_A && answer->type != DNS_AAAA)
        return false;
    for (size_t i = 0; i < h->len; i++) {
        const struct hosts_entry *host = &h->items[i];
        if (strcmp(host->name, answer->name) != 0)
            continue;
        known = true;
        if (host->type != answer->type)
            continue;
        const char *address = arena_text(a, host->address);
        records = arena_grow(a, records, len, sizeof *records);
        records[len++] =
            (struct dns_record){ .text = address, .host = address };
    }
    if (!known) /* whoever is asked next decides what it is */
        return false;
    answer->records = records;
    answer->len = len;
    answer->outcome = len ? DNS_ANSWERED : DNS_NODATA;
    return true;
}
