#include "crypto/passphrase.h"

#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ui.h>

#include "base/secret.h"

void passphrase_wipe(struct passphrase *p)
{
    secret_wipe(p, sizeof *p);
}

static bool take_line(const char *path, const struct secret *file,
                      struct passphrase *out, struct err *err)
{
    size_t len = strcspn(file->text, "\r\n");

    if (!len)
        return err_set(err, ERR_INPUT, "%s: its first line is empty", path);
    if (len > PASSPHRASE_MAX)
        return err_set(err, ERR_INPUT,
                       "%s: its first line is longer than %d bytes", path,
                       PASSPHRASE_MAX);
    memcpy(out->text, file->text, len);
    out->text[len] = '\0';
    return true;
}

bool passphrase_read(const char *path, struct passphrase *out, struct err *err)
{
    struct secret file;

    if (!secret_read_any(path, &file, err))
        return false;
    bool good = take_line(path, &file, out, err);
    secret_wipe(&file, sizeof file);
    return good;
}

bool passphrase_can_ask(void)
{
    return isatty(STDIN_FILENO) == 1;
}

bool passphrase_ask(const char *prompt, struct passphrase *out, struct err *err)
{
    char spare[PASSPHRASE_MAX + 1];
    int failed = UI_UTIL_read_pw(out->text, spare, PASSPHRASE_MAX, prompt, 0);

    secret_wipe(spare, sizeof spare);
    ERR_clear_error();
    if (!failed && *out->text)
        return true;
    passphrase_wipe(out);
    return err_set(err, ERR_INPUT, "no passphrase was given");
}
