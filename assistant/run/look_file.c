#include "run/look_file.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"

enum { CERT_FILE_MAX = 4 * 1024 * 1024 };

bool look_file_is_meant(const char *input)
{
    static const char *const endings[] = { ".pem",  ".crt",   ".cer", ".der",
                                           ".cert", ".chain", ".p7b" };
    size_t len = strlen(input);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len > n && strcmp(input + len - n, endings[i]) == 0)
            return !strstr(input, "://");
    }
    return strchr(input, '/') && !strstr(input, "://") && file_exists(input);
}

/* A name that can be no host name still is what was asked for: it fits no
 * certificate. */
static const char *wanted_name(struct arena *a, const char *text)
{
    if (!text)
        return NULL;
    struct name_read name = name_read(a, text, strlen(text));
    return name.kind == NAME_BAD ? arena_printable(a, text, strlen(text))
                                 : name.text;
}

struct survey *look_file_survey(struct arena *a, const char *path,
                                const char *name, const struct cert_list *certs)
{
    struct target target = {
        .kind = TARGET_FILE,
        .input = arena_printable(a, path, strlen(path)),
        .path = arena_text(a, path),
        .name = wanted_name(a, name),
        .role = ROLE_MUA,
    };
    struct survey *s = survey_new(a, &target, clock_now_s());
    struct attempt worked = { .outcome = OUTCOME_OK };
    struct cell cell = {
        .host = target.name ? target.name : "",
        .reference = target.name,
        .address = "",
        .service = "file",
        .security = SECURITY_IMPLICIT,
        .sni = target.name,
        .asked = true,
        .connect = worked,
        .handshake = worked,
        .alert = -1,
    };
    size_t *chain = arena_alloc(a, certs->len, sizeof *chain);
    for (size_t i = 0; i < certs->len; i++)
        chain[i] = survey_cert_add(s, &certs->items[i]);
    cell.chain = chain;
    cell.chain_len = certs->len;
    survey_cell_add(s, &cell);
    return s;
}

bool look_file(struct arena *a, const struct look_options *o, const char *path,
               struct survey **out, struct err *err)
{
    struct cert_list certs = { 0 };
    const char *text = NULL;
    size_t len = 0;

    if (!file_read(a, path, CERT_FILE_MAX, &text, &len, err) ||
        !x509_read_file(a, text, len, path, &certs, err))
        return err_add(err, "the certificate could not be looked at");
    *out = look_file_survey(a, path, o->name, &certs);
    if (o->role_given)
        (*out)->target.role = o->role;
    return true;
}
