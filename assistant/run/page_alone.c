#include "run/page_alone.h"

#include <string.h>

#include "crypto/digest.h"

bool page_alone(struct arena *a, const struct page_request *p, struct buf *out,
                struct err *err)
{
    struct page_request alone = *p;
    const char *type;
    const char *style = page_file(p->templates, a, "page.css", &type);

    alone.served = false;
    alone.style_hash = digest_sha256_base64(a, style, strlen(style));
    return page_render(a, &alone, out, err);
}
