#include "model/cert.h"

#include <assert.h>

const struct word key_type_words[] = {
    { "unknown", KEY_UNKNOWN }, { "rsa", KEY_RSA },
    { "ec", KEY_EC },           { "ed25519", KEY_ED25519 },
    { "ed448", KEY_ED448 },     { NULL, KEY_TYPE_COUNT },
};
static_assert(sizeof key_type_words / sizeof *key_type_words ==
                  KEY_TYPE_COUNT + 1,
              "a word per key type");
