#include "run/page_alone.h"

#include <string.h>

#include "crypto/digest.h"

bool page_alone(struct arena *a, const char *templates, const char *name,
                const char *title, const struct json *data, struct buf *out,
                struct err *err)
{
    const char *type;
    const char *style = page_file(templates, a, "page.css", &type);
    struct page_request p = {
        .name = name,
        .title = title,
        .data = data,
        .templates = templates,
        .style_hash = digest_sha256_base64(a, style, strlen(style)),
    };

    return page_render(a, &p, out, err);
}
