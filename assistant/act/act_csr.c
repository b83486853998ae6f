#include "act/act_csr.h"

#include <string.h>
#include <unistd.h>

#include "act/key_file.h"
#include "base/file.h"
#include "crypto/csr_lint.h"
#include "crypto/passphrase.h"

enum { NAMES_TOLD_MAX = 200 }; /* bytes */

const char *act_csr_file_name(struct arena *a, const char *name,
                              const char *ending)
{
    return arena_printf(a, "%s%s%s", name_is_wildcard(name) ? "_wildcard." : "",
                        name_base(name), ending);
}

static bool must_be_new(const char *path, struct err *err)
{
    if (file_exists(path))
        return err_set(err, ERR_INPUT,
                       "%s is there already and nothing is overwritten; move "
                       "it away or choose another name",
                       path);
    return true;
}

static bool load_key(const struct csr_file_request *job, struct key **out,
                     struct err *err)
{
    const struct key_file file = { job->key_path, job->passphrase_file, true };
    struct key *key = NULL;

    if (!key_file_read(&file, &key, err))
        return err_add(err, "--key");
    enum key_kind kind = key_kind_of(key);
    if (job->key_kind_asked && kind != job->key_kind) {
        key_free(key);
        return err_set(
            err, ERR_USAGE,
            "--key-type %s: the key in %s is %s; leave --key-type "
            "out",
            table_text(key_kind_words, (int)job->key_kind), job->key_path,
            kind == KEY_KIND_COUNT ? "of another kind"
                                   : table_text(key_kind_words, (int)kind));
    }
    *out = key;
    return true;
}

static bool write_key(struct arena *a, const struct csr_file_request *job,
                      const struct key *key, struct err *err)
{
    struct passphrase p = { "" };
    char *pem = NULL;
    size_t len = 0;

    if (job->passphrase_file && !passphrase_read(job->passphrase_file, &p, err))
        return err_add(err, "--passphrase-file");
    bool made =
        key_pem(key, job->passphrase_file ? p.text : NULL, a, &pem, &len, err);
    passphrase_wipe(&p);
    if (!made)
        return false;
    bool wrote = file_write(job->out_key, pem, len, FILE_PRIVATE_NEW, err);
    key_wipe(pem, len);
    return wrote;
}

static bool write_request(struct arena *a, const struct csr_file_request *job,
                          const uint8_t *der, size_t len, struct err *err)
{
    if (job->der)
        return file_write(job->out_csr, der, len, FILE_PUBLIC_NEW, err);
    const char *pem = csr_pem(a, der, len);
    return file_write(job->out_csr, pem, strlen(pem), FILE_PUBLIC_NEW, err);
}

/* The same eyes as "csr lint". */
static bool may_be_signed(struct arena *a, const struct csr_file_request *job,
                          const uint8_t *der, size_t len, struct err *err)
{
    struct csr_lint lint;
    struct buf names;

    if (!csr_lint(a, (const char *)der, len, "the request", &lint, err))
        return false;
    struct csr_lint no = csr_lint_refusals(a, &lint, job->private_ca);
    if (!no.len)
        return true;
    const struct csr_rule *rule = no.items[0].rule;
    buf_init(&names, a, NAMES_TOLD_MAX);
    for (size_t i = 0; i < no.len; i++)
        if (no.items[i].rule == rule && no.items[i].detail)
            buf_printf(&names, "%s%s", names.len ? ", " : "",
                       no.items[i].detail);
    return err_set(
        err, ERR_INPUT,
        "a request that %s authority would sign was wanted. %s%s%s%s. %s%s",
        job->private_ca ? "an" : "a public", rule->title, names.len ? " (" : "",
        names.text, names.len ? ")" : "", rule->fix,
        job->private_ca ? ""
                        : " For an authority of your own, add --private-ca.");
}

static bool write_both(struct arena *a, const struct csr_file_request *job,
                       const struct key *key, struct err *err)
{
    const uint8_t *der = NULL;
    size_t len = 0;

    if (!csr_make(a, key, &job->order, &der, &len, err))
        return !job->key_path ? false : err_add(err, "%s", job->key_path);
    if (!may_be_signed(a, job, der, len, err))
        return false;
    if (!job->key_path && !write_key(a, job, key, err))
        return false;
    if (write_request(a, job, der, len, err))
        return true;
    if (!job->key_path)
        unlink(job->out_key);
    return false;
}

bool act_csr(struct arena *a, const struct csr_file_request *job,
             struct err *err)
{
    struct key *key = NULL;

    if ((!job->key_path && !must_be_new(job->out_key, err)) ||
        !must_be_new(job->out_csr, err))
        return false;
    if (job->key_path ? !load_key(job, &key, err)
                      : !key_new(job->key_kind, &key, err))
        return false;
    bool wrote = write_both(a, job, key, err);
    key_free(key);
    return wrote;
}
