#include "net/libcurl.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "model/host_port.h"

/* clang-format off */
static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    { "curl_global_init_mem", offsetof(struct libcurl, global_init) },
    { "curl_easy_init", offsetof(struct libcurl, easy_init) },
    { "curl_easy_setopt", offsetof(struct libcurl, easy_setopt) },
    { "curl_easy_getinfo", offsetof(struct libcurl, easy_getinfo) },
    { "curl_easy_cleanup", offsetof(struct libcurl, easy_cleanup) },
    { "curl_easy_strerror", offsetof(struct libcurl, easy_strerror) },
    { "curl_multi_init", offsetof(struct libcurl, multi_init) },
    { "curl_multi_setopt", offsetof(struct libcurl, multi_setopt) },
    { "curl_multi_add_handle", offsetof(struct libcurl, multi_add_handle) },
    { "curl_multi_remove_handle", offsetof(struct libcurl, multi_remove_handle) },
    { "curl_multi_socket_action", offsetof(struct libcurl, multi_socket_action) },
    { "curl_multi_assign", offsetof(struct libcurl, multi_assign) },
    { "curl_multi_info_read", offsetof(struct libcurl, multi_info_read) },
    { "curl_multi_cleanup", offsetof(struct libcurl, multi_cleanup) },
    { "curl_slist_append", offsetof(struct libcurl, slist_append) },
    { "curl_slist_free_all", offsetof(struct libcurl, slist_free_all) },
    { "curl_url", offsetof(struct libcurl, url) },
    { "curl_url_set", offsetof(struct libcurl, url_set) },
    { "curl_url_get", offsetof(struct libcurl, url_get) },
    { "curl_url_cleanup", offsetof(struct libcurl, url_cleanup) },
    { "curl_free", offsetof(struct libcurl, text_free) },
};
/* clang-format on */

bool libcurl_load(struct libcurl *out, struct err *err)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    struct libcurl api;

    if (!library)
        return err_set(err, ERR_SYSTEM, "HTTP: %s", dlerror());
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *symbol = dlsym(library, symbols[i].name);
        if (!symbol)
            return err_set(err, ERR_SYSTEM, "HTTP: %s", dlerror());
        memcpy((char *)&api + symbols[i].offset, &symbol, sizeof symbol);
    }
    *out = api;
    return true;
}

static const char *part(const struct libcurl *api, struct arena *a, CURLU *url,
                        CURLUPart what)
{
    char *text = NULL;

    if (api->url_get(url, what, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return "";
    const char *copy = arena_text(a, text);
    api->text_free(text);
    return copy;
}

bool libcurl_split(const struct libcurl *api, struct arena *a, const char *url,
                   const char **host, uint16_t *port)
{
    CURLU *parsed = api->url();
    bool is_url = parsed && api->url_set(parsed, CURLUPART_URL, url,
                                         CURLU_DISALLOW_USER) == CURLUE_OK;
    const char *scheme = is_url ? part(api, a, parsed, CURLUPART_SCHEME) : "";
    const char *at = is_url ? part(api, a, parsed, CURLUPART_HOST) : "";
    const char *number = is_url ? part(api, a, parsed, CURLUPART_PORT) : "";

    api->url_cleanup(parsed);
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        return false;
    size_t len = strlen(at);
    bool brackets = len > 2 && at[0] == '[';
    *host = arena_text_n(a, at + brackets, len - 2 * brackets);
    return len > 0 && host_port_number(number, port);
}
