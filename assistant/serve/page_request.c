/*
 * page_request - a certificate request, made on this machine
 *
 * The key goes into a file here, which the person names, and nowhere else: no
 * answer holds it. Nothing is overwritten.
 */
#include <string.h>
#include <unistd.h>

#include "act/act_csr.h"
#include "base/file.h"
#include "report/report_words.h"
#include "run/wanted_names.h"
#include "serve/serve_inside.h"

enum { PATH_BYTES_MAX = 1000, REQUEST_MAX = 64 * 1024 };

struct request_typed { /* into the form */
    const char *names, *key, *key_type;
};

/* What the plan says; `typed` where a form was sent. */
struct request {
    struct arena *arena;
    struct wanted_names names;
    struct request_typed typed;
    bool keep_key; /* DANE has published the one in use */
};

static const char *field(const struct page_call *c, const char *name)
{
    const char *text = web_request_field(c->request, name);

    return text ? text : "";
}

/* One a line, or with blanks or commas between. */
static bool read_names(struct arena *a, const char *text,
                       struct wanted_names *out, struct err *err)
{
    static const char between[] = " \t\r\n,;";

    while (*(text += strspn(text, between))) {
        size_t len = strcspn(text, between);
        if (!wanted_names_add(a, out, arena_text_n(a, text, len), err))
            return false;
        text += len;
    }
    return out->len || err_set(err, ERR_USAGE, "at least one name was wanted");
}

/* In the folder where certmend was started, unless the whole path is said. */
static bool read_path(struct arena *a, const char *text, const char **out,
                      struct err *err)
{
    char here[PATH_BYTES_MAX];

    text += strspn(text, " ");
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ')
            text = "";
    if (!*text || text[strlen(text) - 1] == '/' ||
        strlen(text) > PATH_BYTES_MAX)
        return err_set(err, ERR_USAGE, "the name of a file was wanted");
    if (*text != '/' && !getcwd(here, sizeof here))
        return err_set(err, ERR_SYSTEM,
                       "the folder where certmend was started is gone");
    *out = *text == '/' ? text : arena_printf(a, "%s/%s", here, text);
    return true;
}

/* "mail.key" and "mail.csr". */
static const char *csr_path(struct arena *a, const char *key)
{
    static const char ending[] = ".key";
    size_t len = strlen(key), cut = sizeof ending - 1;

    if (len > cut && strcmp(key + len - cut, ending) == 0)
        len -= cut;
    return arena_printf(a, "%.*s.csr", (int)len, key);
}

static bool fill_job(struct request *r, struct csr_file_request *job,
                     struct err *err)
{
    struct arena *a = r->arena;
    const char *path = NULL;
    int kind = table_code(key_kind_words, r->typed.key_type);

    r->names = (struct wanted_names){ .keep_key = r->keep_key };
    if (!read_names(a, r->typed.names, &r->names, err) ||
        !read_path(a, r->typed.key, &path, err))
        return false;
    *job = (struct csr_file_request){
        .order = { r->names.text, r->names.len, NULL },
        .key_kind =
            kind == KEY_KIND_COUNT ? KEY_KIND_EC256 : (enum key_kind)kind,
        .key_path = r->keep_key ? path : NULL,
        .out_key = path,
        .out_csr = csr_path(a, path),
    };
    return true;
}

/* Told on the page until the look is let go of. */
static bool make(struct page_call *c, struct request *r, struct err *err)
{
    struct arena *kept = c->look->arena;
    struct csr_file_request job;
    const char *pem = NULL;
    size_t len = 0;

    if (!fill_job(r, &job, err) || !act_csr(r->arena, &job, err) ||
        !file_read(r->arena, job.out_csr, REQUEST_MAX, &pem, &len, err))
        return false;
    struct json *made = json_object(kept);
    json_put_texts(kept, made, "names", r->names.text, r->names.len);
    json_put_text(kept, made, "key", job.out_key);
    json_put_bool(kept, made, "is_kept", r->keep_key);
    json_put_text(kept, made, "file", job.out_csr);
    json_put_text(kept, made, "pem", pem);
    c->look->parts[c->part].request = made;
    return true;
}

static bool read_plan(struct page_call *c, struct request *r, struct err *err)
{
    const struct report *report = page_report(c);

    *r = (struct request){ .arena = c->request->arena };
    if (!report ||
        !wanted_names_of(r->arena, &r->names, report_json(r->arena, report),
                         report_asked(report), err))
        return false;
    r->keep_key = r->names.keep_key;
    return true;
}

static const char *lines(struct arena *a, const struct wanted_names *names)
{
    struct buf out;

    buf_init(&out, a, REQUEST_MAX);
    for (size_t i = 0; i < names->len; i++)
        buf_printf(&out, "%s\n", names->text[i]);
    return out.text;
}

/* `why`: it was not made. */
static void reply(struct page_call *c, const struct request *r,
                  const struct err *why)
{
    struct arena *a = r->arena;
    struct json *data = json_object(a);
    const struct request_typed *t = &r->typed;
    const char *rsa = table_text(key_kind_words, KEY_KIND_RSA2048);

    json_put_text(a, data, "at", page_at(c, ""));
    json_put_text(a, data, "csrf_request", page_csrf(c, "request"));
    json_put_text(a, data, "typed", t->names ? t->names : lines(a, &r->names));
    json_put_text(a, data, "key_file",
                  t->key ? t->key
                  : r->keep_key
                      ? ""
                      : act_csr_file_name(a, r->names.text[0], ".key"));
    json_put_bool(a, data, "keep_key", r->keep_key);
    json_put_bool(a, data, "is_rsa",
                  t->key_type && strcmp(t->key_type, rsa) == 0);
    json_put_text(a, data, "why", why ? why->text : NULL);
    json_put(a, data, "made", why ? NULL : c->look->parts[c->part].request);
    page_reply(c, why ? 400 : 200, "request", data);
}

void page_request(struct page_call *c)
{
    struct request r;
    struct err err = { ERR_NONE, "" };

    if (read_plan(c, &r, &err))
        reply(c, &r, NULL);
    else
        page_reply_error(c, 404, "unknown");
}

void page_request_make(struct page_call *c)
{
    struct request r;
    struct err err = { ERR_NONE, "" };

    if (!read_plan(c, &r, &err)) {
        page_reply_error(c, 404, "unknown");
        return;
    }
    r.typed = (struct request_typed){ field(c, "names"), field(c, "key"),
                                      field(c, "key_type") };
    if (make(c, &r, &err))
        page_reply_go(c, page_at(c, "/request"));
    else
        reply(c, &r, &err);
}

void page_request_file(struct page_call *c)
{
    const struct json *made =
        c->look->state == LOOK_DONE ? c->look->parts[c->part].request : NULL;
    const char *pem = json_find_text(made, "pem");

    if (pem)
        page_reply_file(c, "application/pkcs10", "certmend-request.csr", pem,
                        strlen(pem));
    else
        page_reply_error(c, 404, "unknown");
}
