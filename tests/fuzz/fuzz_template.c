/* The first byte chooses what is written; the rest is the template, and what
 * its partials hold. */
#include "advise/template.h"

#include <string.h>

static const char data_text[] =
    "{\"host\":\"mail.example.com\",\"port\":587,\"names\":[\"a\",\"*.b\"],"
    "\"a\":{\"b\":{\"c\":\"it's <&>\"}},\"no\":false}";

enum { PARTIALS_MAX = 50 };

struct self {
    const char *text;
    int left; /* partials that may still be had */
};

static const char *itself(void *arg, const char *name)
{
    struct self *self = arg;

    return strcmp(name, "gone") != 0 && self->left-- > 0 ? self->text : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *a = arena_new();
    struct self self = { arena_text_n(a, (const char *)data + 1, size - 1),
                         PARTIALS_MAX };
    struct template_options o = {
        .name = "fuzz",
        .escape = (enum template_escape)(data[0] % TEMPLATE_ESCAPE_COUNT),
        .raw = data[0] & 16,
        .strict = data[0] & 32,
        .partial = itself,
        .arg = &self,
    };
    struct template_use *uses = NULL;
    struct json *j = NULL;
    struct err err = { 0 };
    size_t len = 0;
    struct buf out;

    buf_init(&out, a, 1 << 16);
    bool good = json_parse(a, data_text, strlen(data_text), "data", &j, &err) &&
                template_render(self.text, j, &o, &out, &err) &&
                template_uses(a, self.text, &o, &uses, &len, &err);
    (void)good;
    arena_free(a);
    return 0;
}
