#include "base/json_file.h"

bool json_file_read(struct arena *a, const char *path, size_t max,
                    struct json **out, struct err *err)
{
    const char *text = NULL;
    size_t len = 0;

    return file_read(a, path, max, &text, &len, err) &&
           json_parse(a, text, len, path, out, err);
}

bool json_file_write(struct arena *a, const char *path, const struct json *j,
                     size_t max, enum file_mode mode, struct err *err)
{
    struct buf text;

    buf_init(&text, a, max);
    json_print(j, true, &text);
    if (text.full)
        return err_set(err, ERR_SYSTEM, "%s would be too big to be read again",
                       path);
    return file_write(path, text.text, text.len, mode, err);
}
