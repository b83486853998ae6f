#include <string.h>
#include <unistd.h>

#include "base/json_fields.h"
#include "net/connect_to.h"
#include "run/issue_options.h"

enum { KEPT_TEXT = JSON_OR_NULL | JSON_NOT_EMPTY | JSON_AS_IS };

#define KEPT(key, field)                                                       \
    JSON_FIELD_TEXT(key, struct issue_options, field, KEPT_TEXT)
#define KEPT_LIST(key, field)                                                  \
    JSON_FIELD_TEXTS(key, struct issue_options, field.text, field.len,         \
                     JSON_YOUNGER | JSON_AS_IS)

/* What of the options belongs to the certificate, and not to this one run. */
static const struct json_field kept_fields[] = {
    KEPT("ca", ca),
    KEPT("ca_file", ca_file),
    KEPT("email", email),
    KEPT("challenge", challenge),
    KEPT("webroot", webroot),
    KEPT("listen", listen),
    KEPT("dns_hook", dns_hook),
    KEPT("dns_wait", dns_wait),
    KEPT("key_type", key_type),
    KEPT("key_group", key_group),
    KEPT("profile", profile),
    KEPT("resolver", resolver),
    JSON_FIELD_BOOL("keep_key", struct issue_options, keep_key, JSON_YOUNGER),
    KEPT_LIST("deploy_hooks", programs),
    KEPT_LIST("hook_env", hook_env),
    KEPT_LIST("reloads", reloads),
    KEPT_LIST("skip", skip),
    KEPT_LIST("webroots", roots),
    JSON_FIELDS_END,
};

/* A timer starts elsewhere. */
static const char *absolute(struct arena *a, const char *path)
{
    char here[4096];

    if (!path || path[0] == '/' || !getcwd(here, sizeof here))
        return path;
    return arena_printf(a, "%s/%s", here, path);
}

/* One without a slash is looked for. */
static const char *absolute_program(struct arena *a, const char *program)
{
    return program && strchr(program, '/') ? absolute(a, program) : program;
}

/* A guard that was left out once is not left out for ever. */
static struct text_list lasting(struct arena *a, const struct text_list *skip)
{
    struct text_list kept = { 0 };

    for (size_t i = 0; i < skip->len; i++)
        if (issue_skip_lasts(skip->text[i]))
            text_list_add(a, &kept, skip->text[i]);
    return kept;
}

struct json *issue_options_to_json(struct arena *a,
                                   const struct issue_options *o,
                                   const struct wanted_names *names)
{
    struct issue_options kept = *o;
    struct json *about = json_object(a);

    kept.ca_file = absolute(a, o->ca_file);
    kept.webroot = absolute(a, o->webroot);
    kept.dns_hook = absolute_program(a, o->dns_hook);
    kept.programs = (struct text_list){ 0 };
    for (size_t i = 0; i < o->programs.len; i++)
        text_list_add(a, &kept.programs,
                      absolute_program(a, o->programs.text[i]));
    kept.skip = lasting(a, &o->skip);
    kept.keep_key = o->keep_key || o->key;

    json_put_text(a, about, "schema", "certmend.certificate/1");
    json_put_texts(a, about, "names", names->text, names->len);
    json_fields_write(a, about, kept_fields, &kept);
    struct json *rules = json_put_array(a, about, "connect_to");
    for (size_t i = 0; i < o->connect_to.len; i++)
        json_add_text(a, rules, connect_to_text(a, &o->connect_to.rules[i]));
    return about;
}

static bool read_connect_to(struct arena *a, const struct json *list,
                            struct issue_options *out, struct err *err)
{
    out->connect_to.len = 0;
    JSON_EACH (item, list)
        if (item->type == JSON_TEXT &&
            !connect_to_add(a, &out->connect_to, item->text, err))
            return false;
    return true;
}

static bool read_kept(struct arena *a, const struct json *about,
                      const char *path, struct issue_options *out,
                      struct err *err)
{
    struct json_reader r = { .arena = a, .path = path, .err = err };
    struct issue_options kept = *out;

    if (!json_fields_read(&r, about, kept_fields, &kept))
        return false;
    kept.skip = lasting(a, &kept.skip);
    if (kept.keep_key)
        kept.key_type = NULL; /* it is what it is */
    *out = kept;
    return true;
}

bool issue_options_from_json(struct arena *a, const struct json *about,
                             const char *path, struct issue_options *out,
                             struct wanted_names *names, struct err *err)
{
    const struct json *list = NULL;

    if (!json_need(about, "names", JSON_ARRAY, path, &list, err))
        return false;
    JSON_EACH (name, list)
        if (name->type == JSON_TEXT &&
            !wanted_names_add(a, names, name->text, err))
            return err_add(err, "%s", path);
    if (!names->len)
        return err_set(err, ERR_INPUT, "%s: no names in it", path);
    if (!read_kept(a, about, path, out, err))
        return false;
    return read_connect_to(a, json_find(about, "connect_to"), out, err) ||
           err_add(err, "%s", path);
}
