#include "act/act_csr.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { KEY_FILE_MAX = 64 * 1024 };

const char *act_csr_file_name(struct arena *a, const char *name,
                              const char *ending)
{
    bool wildcard = strncmp(name, "*.", 2) == 0;

    return arena_printf(a, "%s%s%s", wildcard ? "_wildcard." : "",
                        wildcard ? name + 2 : name, ending);
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

static bool load_key(struct arena *a, const struct csr_job *job,
                     struct key **out, struct err *err)
{
    const char *text = NULL;
    size_t len = 0;

    return file_read(a, job->key_path, KEY_FILE_MAX, &text, &len, err) &&
           key_read(text, len, job->key_path, job->passphrase, out, err);
}

static bool write_key(struct arena *a, const struct csr_job *job,
                      const struct key *key, struct err *err)
{
    char *pem = NULL;
    size_t len = 0;

    if (!key_pem(key, job->passphrase, a, &pem, &len, err))
        return false;
    bool wrote = file_write(job->out_key, pem, len, FILE_PRIVATE_NEW, err);
    key_wipe(pem, len);
    return wrote;
}

static bool write_request(struct arena *a, const struct csr_job *job,
                          const uint8_t *der, size_t len, struct err *err)
{
    if (job->der)
        return file_write(job->out_csr, der, len, FILE_PUBLIC_NEW, err);
    const char *pem = csr_pem(a, der, len);
    return file_write(job->out_csr, pem, strlen(pem), FILE_PUBLIC_NEW, err);
}

static bool write_both(struct arena *a, const struct csr_job *job,
                       const struct key *key, struct err *err)
{
    const uint8_t *der = NULL;
    size_t len = 0;

    if (!csr_make(a, key, &job->order, &der, &len, err))
        return false;
    if (!job->key_path && !write_key(a, job, key, err))
        return false;
    if (write_request(a, job, der, len, err))
        return true;
    if (!job->key_path)
        unlink(job->out_key);
    return false;
}

bool act_csr(struct arena *a, const struct csr_job *job, struct err *err)
{
    struct key *key = NULL;

    if ((!job->key_path && !must_be_new(job->out_key, err)) ||
        !must_be_new(job->out_csr, err))
        return false;
    if (job->key_path ? !load_key(a, job, &key, err)
                      : !key_new(job->key_kind, &key, err))
        return false;
    bool wrote = write_both(a, job, key, err);
    key_free(key);
    return wrote;
}
