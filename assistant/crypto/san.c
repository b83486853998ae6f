#include "crypto/san.h"

#include <string.h>

#include "model/name.h"

static GENERAL_NAME *new_name(const char *text)
{
    uint8_t ip[16];
    size_t ip_len = name_ip_bytes(text, ip);
    const void *bytes = ip_len ? (const void *)ip : text;
    size_t len = ip_len ? ip_len : strlen(text);
    OWN(GENERAL_NAME) *name = GENERAL_NAME_new();
    ASN1_STRING *value =
        ASN1_STRING_type_new(ip_len ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

    if (name && value && ASN1_STRING_set(value, bytes, (int)len)) {
        GENERAL_NAME_set0_value(name, ip_len ? GEN_IPADD : GEN_DNS, value);
        GENERAL_NAME *made = name;
        name = NULL;
        return made;
    }
    ASN1_STRING_free(value);
    return NULL;
}

GENERAL_NAMES *san_new(const char *const *names, size_t len)
{
    OWN(GENERAL_NAMES) *list = GENERAL_NAMES_new();

    for (size_t i = 0; list && i < len; i++) {
        OWN(GENERAL_NAME) *name = new_name(names[i]);
        if (!name || !sk_GENERAL_NAME_push(list, name))
            return NULL;
        name = NULL;
    }
    GENERAL_NAMES *made = list;
    list = NULL;
    return made;
}
