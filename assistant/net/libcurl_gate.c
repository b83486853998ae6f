#include "net/libcurl_gate.h"

#include <string.h>
#include <sys/socket.h>

#include "net/socket_address.h"

const char *libcurl_gate_place(const struct public_address_rule *rule,
                               const struct http_place *place)
{
    const char *no = public_address_no_name(rule, place->host);

    return no ? no : public_address_no_web_port(rule, place->port);
}

struct text_list libcurl_gate_addresses(struct arena *a,
                                        const struct http_options *o,
                                        const struct http_place *place,
                                        const struct text_list *addresses,
                                        const char **why)
{
    struct text_list kept = { 0 };
    const char *first = NULL;

    for (size_t i = 0; i < addresses->len; i++) {
        struct connect_place to = connect_to_place(
            &o->connect_to, place->host, addresses->text[i], place->port);
        const char *no = public_address_no(o->public_only, addresses->text[i]);
        no = no ? no : public_address_no(o->public_only, to.address);
        if (!no)
            text_list_add(a, &kept, addresses->text[i]);
        first = first ? first : no;
    }
    *why = kept.len ? NULL : first;
    return kept;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose,
                                 struct curl_sockaddr *to)
{
    const struct public_address_rule *rule = arg;
    struct sockaddr_storage at = { 0 };
    struct arena *a = arena_new();

    (void)purpose;
    if (to->addrlen <= sizeof at)
        memcpy(&at, &to->addr, to->addrlen);
    const char *ip = socket_address_ip(a, &at);
    bool may = ip && !public_address_no(rule, ip);
    arena_free(a);
    return may ? socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol)
               : CURL_SOCKET_BAD;
}

void libcurl_gate_set(const struct libcurl *api, CURL *easy,
                      const struct http_options *o)
{
    if (!o->public_only || o->proxy)
        return;
    api->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    api->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, o->public_only);
}
