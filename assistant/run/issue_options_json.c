#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "net/connect_to.h"
#include "run/issue_options.h"

/* What of the options belongs to the certificate, and not to this one run. */
enum option_kind { WORD, PATH, PROGRAM, CHECK };

static const struct kept {
    const char *key;
    size_t at; /* a const char * */
    enum option_kind kind;
} kept[] = {
    { "ca", offsetof(struct issue_options, ca), WORD },
    { "ca_file", offsetof(struct issue_options, ca_file), PATH },
    { "email", offsetof(struct issue_options, email), WORD },
    { "challenge", offsetof(struct issue_options, challenge), WORD },
    { "webroot", offsetof(struct issue_options, webroot), PATH },
    { "listen", offsetof(struct issue_options, listen), WORD },
    { "dns_hook", offsetof(struct issue_options, dns_hook), PROGRAM },
    { "dns_wait", offsetof(struct issue_options, dns_wait), WORD },
    { "key_type", offsetof(struct issue_options, key_type), WORD },
    { "key_group", offsetof(struct issue_options, key_group), WORD },
    { "profile", offsetof(struct issue_options, profile), WORD },
    { "resolver", offsetof(struct issue_options, resolver), WORD },
};

enum { KEPT_LEN = sizeof kept / sizeof *kept };

static const struct kept_list {
    const char *key;
    size_t at; /* a struct text_list */
    enum option_kind kind;
} lists[] = {
    { "deploy_hooks", offsetof(struct issue_options, programs), PROGRAM },
    { "hook_env", offsetof(struct issue_options, hook_env), WORD },
    { "reloads", offsetof(struct issue_options, reloads), WORD },
    { "skip", offsetof(struct issue_options, skip), CHECK },
    { "webroots", offsetof(struct issue_options, roots), WORD },
};

enum { LISTS_LEN = sizeof lists / sizeof *lists };

/* A timer starts elsewhere. A program without a slash is looked for. */
static const char *absolute(struct arena *a, const char *path,
                            enum option_kind kind)
{
    char here[4096];

    if (kind == WORD || kind == CHECK || path[0] == '/' ||
        (kind == PROGRAM && !strchr(path, '/')) || !getcwd(here, sizeof here))
        return path;
    return arena_printf(a, "%s/%s", here, path);
}

/* A guard that was left out once is not left out for ever. */
static bool is_kept(const char *text, enum option_kind kind)
{
    return kind != CHECK || issue_skip_lasts(text);
}

struct json *issue_options_to_json(struct arena *a,
                                   const struct issue_options *o,
                                   const struct wanted_names *names)
{
    struct json *about = json_object(a);

    json_put_text(a, about, "schema", "certmend.certificate/1");
    json_put_texts(a, about, "names", names->text, names->len);
    for (size_t i = 0; i < KEPT_LEN; i++) {
        const char *text = NULL;
        memcpy(&text, (const char *)o + kept[i].at, sizeof text);
        if (text)
            json_put_text(a, about, kept[i].key,
                          absolute(a, text, kept[i].kind));
    }
    json_put_bool(a, about, "keep_key", o->keep_key || o->key);
    for (size_t i = 0; i < LISTS_LEN; i++) {
        struct text_list words;
        memcpy(&words, (const char *)o + lists[i].at, sizeof words);
        struct json *put = json_put_array(a, about, lists[i].key);
        for (size_t k = 0; k < words.len; k++)
            if (is_kept(words.text[k], lists[i].kind))
                json_add_text(a, put,
                              absolute(a, words.text[k], lists[i].kind));
    }
    struct json *rules = json_put_array(a, about, "connect_to");
    for (size_t i = 0; i < o->connect_to.len; i++)
        json_add_text(a, rules, connect_to_text(a, &o->connect_to.rules[i]));
    return about;
}

static void read_list(struct arena *a, const struct json *list,
                      enum option_kind kind, struct text_list *out)
{
    JSON_EACH (item, list) {
        if (item->type != JSON_TEXT || !is_kept(item->text, kind))
            continue;
        text_list_add(a, out, item->text);
    }
}

static bool read_connect_to(struct arena *a, const struct json *list,
                            struct issue_options *out, struct err *err)
{
    struct text_list texts = { 0 };

    read_list(a, list, WORD, &texts);
    out->connect_to.len = 0;
    for (size_t i = 0; i < texts.len; i++)
        if (!connect_to_add(a, &out->connect_to, texts.text[i], err))
            return false;
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
    for (size_t i = 0; i < KEPT_LEN; i++) {
        const char *text = json_find_text(about, kept[i].key);
        memcpy((char *)out + kept[i].at, &text, sizeof text);
    }
    out->keep_key = json_find_bool(about, "keep_key");
    if (out->keep_key)
        out->key_type = NULL; /* it is what it is */
    for (size_t i = 0; i < LISTS_LEN; i++) {
        struct text_list words = { 0 };
        read_list(a, json_find(about, lists[i].key), lists[i].kind, &words);
        memcpy((char *)out + lists[i].at, &words, sizeof words);
    }
    return read_connect_to(a, json_find(about, "connect_to"), out, err) ||
           err_add(err, "%s", path);
}
