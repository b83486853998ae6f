/* Any JSON as the directory of a CA. */
#include "json_input.h"

static void look_at(struct arena *a, const struct json *j)
{
    struct acme_directory d = { .terms = NULL };
    const char *why = NULL;

    if (!acme_directory_read(a, j, &d, &why)) {
        if (!why || d.new_order)
            abort();
        check_text(why);
        return;
    }
    if (!d.new_nonce || !d.new_account || !d.new_order)
        abort();
    check_url(d.new_nonce);
    check_url(d.renewal_info);
    check_text(d.terms);
    for (size_t i = 0; i < d.profiles_len; i++) {
        check_text(d.profiles[i].name);
        check_text(d.profiles[i].about);
    }
    for (size_t i = 0; i < d.caa_len; i++)
        check_text(d.caa[i]);
}
