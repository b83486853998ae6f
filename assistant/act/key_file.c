#include "act/key_file.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/shell_word.h"
#include "crypto/passphrase.h"

enum { TRIES = 3 };

/* Names of keys that are in no file (RFC 7512; TPM handles). */
static const char *const elsewhere[] = { "pkcs11:", "tpm2:",   "tpmkey:",
                                         "handle:", "engine:", "awskms:" };

static bool is_a_file(const char *path, struct err *err)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strncmp(path, elsewhere[i], strlen(elsewhere[i])) == 0)
            return err_set(err, ERR_USAGE,
                           "%s: keys on a token or in a TPM are not supported: "
                           "a key in a file was wanted",
                           path);
    return true;
}

static void warn_if_open(const char *path)
{
    if (!secret_is_open(path))
        return;
    struct arena *a = arena_new();
    log_note("everybody on this machine can read %s; \"chmod 600 %s\" "
             "takes that away",
             path, shell_word_path(a, path));
    arena_free(a);
}

static bool open_by_file(const struct key_file *f, const struct secret *text,
                         struct key **out, struct err *err)
{
    struct passphrase p;

    warn_if_open(f->passphrase_file);
    if (!passphrase_read(f->passphrase_file, &p, err))
        return err_add(err, "--passphrase-file");
    bool good = key_read(text->text, text->len, f->path, p.text, out, err);
    passphrase_wipe(&p);
    return good;
}

static bool open_by_asking(const struct key_file *f, const struct secret *text,
                           struct key **out, struct err *err)
{
    struct passphrase p;
    char prompt[300];
    bool good = false;

    snprintf(prompt, sizeof prompt, "Passphrase of %.250s: ", f->path);
    for (int i = 0; i < TRIES && !good; i++) {
        if (!passphrase_ask(prompt, &p, err))
            return err_add(err, "%s", f->path);
        good = key_read(text->text, text->len, f->path, p.text, out, err);
        passphrase_wipe(&p);
    }
    return good;
}

static bool read_text(const struct key_file *f, const struct secret *text,
                      struct key **out, struct err *err)
{
    bool locked = key_is_locked(text->text, text->len);

    if (locked && f->passphrase_file)
        return open_by_file(f, text, out, err);
    if (locked && f->may_ask && passphrase_can_ask())
        return open_by_asking(f, text, out, err);
    return key_read(text->text, text->len, f->path, NULL, out, err);
}

bool key_file_read(const struct key_file *f, struct key **out, struct err *err)
{
    struct secret text;

    if (!is_a_file(f->path, err) || !secret_read(f->path, &text, err))
        return false;
    warn_if_open(f->path);
    bool good = read_text(f, &text, out, err);
    secret_wipe(&text, sizeof text);
    return good;
}
