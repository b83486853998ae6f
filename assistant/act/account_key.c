#include "act/account_key.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/secret_json.h"
#include "crypto/key_jwk.h"

/* Traefik keeps all certificates in the file, keys and all. */
enum { ACME_JSON_MAX = 16 * 1024 * 1024 };

/* {"resolver": {"Account": {"Registration": {"uri": ...}, "PrivateKey": ...}}},
 * in older versions without the resolver's name around it. */
struct accounts {
    const char *host; /* of the CA */
    size_t host_len;
    const char *owner;      /* whose address was the last one seen */
    bool is_with_ca;        /* that address is at this CA */
    struct secret_text key; /* of the account with this CA */
    struct secret_text any; /* of the last account */
    size_t with_ca, all;
};

static const char *host_of(const char *url, size_t url_len, size_t *len)
{
    static const char scheme[] = "https://";
    size_t skip = sizeof scheme - 1;

    if (url_len <= skip || memcmp(url, scheme, skip) != 0)
        return NULL;
    *len = 0;
    while (skip + *len < url_len && url[skip + *len] != '/')
        ++*len;
    return url + skip;
}

static bool is_at(const struct accounts *all, const struct secret_text *url)
{
    size_t len = 0;
    const char *host = host_of(url->text, url->len, &len);

    return host && all->host && len == all->host_len &&
           memcmp(host, all->host, len) == 0;
}

static void see(void *arg, const struct secret_text *keys, size_t depth,
                const struct secret_text *value)
{
    struct accounts *all = arg;
    size_t at = 0;

    while (at < depth && !secret_text_is(&keys[at], "Account"))
        at++;
    if (at == depth)
        return;
    if (all->owner != keys[at].text)
        all->is_with_ca = false;
    all->owner = keys[at].text;
    if (depth == at + 3 && secret_text_is(&keys[at + 1], "Registration") &&
        secret_text_is(&keys[at + 2], "uri"))
        all->is_with_ca = is_at(all, value);
    if (depth != at + 2 || !secret_text_is(&keys[at + 1], "PrivateKey"))
        return;
    all->any = *value;
    all->all++;
    if (all->is_with_ca) {
        all->key = *value;
        all->with_ca++;
    }
}

static bool read_base64(struct arena *a, const struct secret_text *from,
                        const char *name, struct key **out, struct err *err)
{
    const char *text = arena_text_n(a, from->text, from->len);
    const uint8_t *der = NULL;
    size_t len = 0;

    if (!base64_read(a, text, &der, &len))
        return err_set(err, ERR_INPUT,
                       "%s: the account's key in it is not base64", name);
    return key_read((const char *)der, len, name, NULL, out, err);
}

static bool read_json(struct arena *a, const struct secret_text *whole,
                      const char *name, const char *directory, struct key **out,
                      struct err *err)
{
    struct accounts all = { .owner = NULL };

    all.host = host_of(directory, strlen(directory), &all.host_len);
    bool is_json = secret_json_each(whole->text, whole->len, see, &all);
    if (!is_json || !all.all)
        return key_jwk_read(whole->text, whole->len, name, out, err);
    if (all.with_ca == 1)
        return read_base64(a, &all.key, name, out, err);
    if (all.all == 1 && !all.with_ca)
        return read_base64(a, &all.any, name, out, err);
    return err_set(err, ERR_INPUT,
                   "%s: which account is meant? %zu are in it, %zu of them "
                   "with %s",
                   name, all.all, all.with_ca, directory);
}

static bool read_json_file(const struct key_file *f, const char *directory,
                           struct key **out, struct err *err)
{
    struct arena *a = arena_new();
    struct secret_text whole = { NULL, 0 };
    bool good =
        file_read(a, f->path, ACME_JSON_MAX, &whole.text, &whole.len, err) &&
        read_json(a, &whole, f->path, directory, out, err);

    arena_free_wiped(a);
    return good;
}

/* A pipe is no such file, and is never waited for. */
static bool begins_as_json(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat what;
    char head[64];
    ssize_t got = -1;

    if (fd < 0)
        return false;
    if (fstat(fd, &what) == 0 && S_ISREG(what.st_mode))
        got = read(fd, head, sizeof head);
    close(fd);
    bool is_json = got > 0 && key_jwk_looks_so(head, (size_t)got);
    secret_wipe(head, sizeof head);
    return is_json;
}

bool account_key_read(const struct key_file *f, const char *directory,
                      struct key **out, struct err *err)
{
    return begins_as_json(f->path) ? read_json_file(f, directory, out, err)
                                   : key_file_read(f, out, err);
}
