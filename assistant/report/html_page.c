#include "report/html_page.h"

#include <string.h>

void html_page_text(struct buf *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;",
                                            "&#39;" };

    for (; text && *text; text++) {
        const char *place = strchr(special, *text);
        if (place)
            buf_text(out, entities[place - special]);
        else
            buf_char(out, *text);
    }
}

void html_page_element(struct buf *out, const char *tag, const char *text)
{
    if (!text)
        return;
    buf_printf(out, "<%s>", tag);
    html_page_text(out, text);
    buf_printf(out, "</%s>\n", tag);
}

void html_page_begin(struct buf *out, const char *title, bool wide)
{
    buf_text(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
                  "<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" "
                  "content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\">\n");
    html_page_element(out, "title", title);
    buf_printf(out,
               "<style>body{font:1em/1.5 sans-serif;max-width:%s;"
               "margin:2em auto;padding:0 1em}",
               wide ? "110em" : "50em");
    buf_text(out, "td,th{text-align:left;padding:.2em 1em .2em 0}"
                  "pre{white-space:pre-wrap;margin:0;font:inherit}"
                  "code{overflow-wrap:anywhere}</style>\n</head>\n<body>\n");
}

void html_page_end(struct buf *out)
{
    buf_text(out, "</body>\n</html>\n");
}
