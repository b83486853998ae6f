#include "run/wanted_names.h"

#include <string.h>

#include "base/json_file.h"
#include "model/target.h"

enum { REPORT_MAX = 16 * 1024 * 1024 };

/* Of a pasted URL the host. */
static const char *host_of_url(struct arena *a, const char *text)
{
    struct target target;
    struct err err;

    if (!strstr(text, "://") || !target_parse(a, text, &target, &err))
        return NULL;
    return target.host;
}

bool wanted_names_have(const struct wanted_names *names, const char *name)
{
    for (size_t i = 0; i < names->len; i++)
        if (strcmp(names->text[i], name) == 0)
            return true;
    return false;
}

bool wanted_names_add(struct arena *a, struct wanted_names *names,
                      const char *text, struct err *err)
{
    const char *name = name_read_pattern(a, text);
    struct name_read read = name_read(a, text, strlen(text));

    if (!name && read.kind != NAME_BAD)
        name = read.text;
    if (!name)
        name = host_of_url(a, text);
    if (!name)
        return err_set(err, ERR_USAGE,
                       "a name for the certificate was wanted, not \"%.100s\": "
                       "%s",
                       text, read.why);
    if (wanted_names_have(names, name))
        return true;
    names->text = arena_grow(a, names->text, names->len, sizeof *names->text);
    names->text[names->len++] = name;
    return true;
}

bool wanted_names_of(struct arena *a, struct wanted_names *names,
                     const struct json *report, const char *name,
                     struct err *err)
{
    JSON_EACH (fix, json_find(report, "fixes")) {
        const struct json *params = json_find(fix, "params");
        const struct json *planned = json_find(params, "names");
        JSON_EACH (one, planned)
            if (one->type == JSON_TEXT &&
                !wanted_names_add(a, names, one->text, err))
                return err_add(err, "%s", name);
        if (planned && names->len) {
            names->keep_key = json_find_bool(params, "keep_key");
            names->challenge = json_find_text(params, "challenge");
            return true;
        }
    }
    return err_set(err, ERR_INPUT,
                   "%s plans no new certificate, so it names nothing to "
                   "order",
                   name);
}

bool wanted_names_from(struct arena *a, struct wanted_names *names,
                       const char *path, struct err *err)
{
    struct json *report = NULL;

    if (!json_file_read(a, path, REPORT_MAX, &report, err))
        return false;
    if (!json_find(report, "fixes"))
        return err_set(err, ERR_INPUT,
                       "a report of \"certmend check TARGET --format json\" "
                       "was wanted, and %s is none",
                       path);
    return wanted_names_of(a, names, report, path, err);
}
