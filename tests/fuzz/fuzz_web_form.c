/* Any body as a form: what is read is text, named once each, and the same when
 * it is sent again. */
#include "base/utf8.h"
#include "net/web_form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_fields(const struct web_form *f)
{
    check(f->len <= WEB_FORM_FIELDS_MAX);
    for (size_t i = 0; i < f->len; i++) {
        size_t len = strlen(f->fields[i].value);
        check(f->fields[i].name[0] && len <= WEB_FORM_VALUE_MAX);
        check(utf8_valid(f->fields[i].value, len) == len);
        check(!strchr(f->fields[i].value, '\r'));
        for (size_t k = 0; k < i; k++)
            check(strcmp(f->fields[i].name, f->fields[k].name) != 0);
    }
}

/* As a browser sends it. */
static void encode(struct buf *out, const struct web_form *f)
{
    for (size_t i = 0; i < f->len; i++) {
        buf_printf(out, "%s%s=", i ? "&" : "", f->fields[i].name);
        for (const char *c = f->fields[i].value; *c; c++)
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct web_form f = { .len = 0 }, again = { .len = 0 };
    struct buf sent;

    buf_init(&sent, a, 4 * 1024 * 1024);
    if (web_form_read(a, (const char *)data, size, &f) == WEB_FORM_FINE) {
        check_fields(&f);
        encode(&sent, &f);
        check(web_form_read(a, sent.text, sent.len, &again) == WEB_FORM_FINE);
        check(f.len == again.len);
        for (size_t i = 0; i < f.len; i++)
            check(strcmp(f.fields[i].name, again.fields[i].name) == 0 &&
                  strcmp(f.fields[i].value, again.fields[i].value) == 0);
    }
    arena_free(a);
    return 0;
}
