#include "crypto/anchors.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "crypto/anchors_store.h"
#include "crypto/x509_cache.h"
#include "crypto/x509_read.h"

enum { CA_FILE_MAX = 8 * 1024 * 1024 }; /* a whole system bundle is 220 KiB */

struct anchors {
    X509_STORE *store;
    bool system;      /* the system's roots belong to it ... */
    bool ready;       /* ... and have been looked for */
    const char *late; /* a bundle to read if the rest does not do, or NULL */
};

OWN_DEFINE(DIR, closedir);

typedef struct anchors anchors_handle;
OWN_DEFINE(anchors_handle, anchors_free);

static bool new_anchors(struct anchors **out, struct err *err)
{
    OWN(anchors_handle) *a = OPENSSL_zalloc(sizeof *a);

    if (a)
        a->store = X509_STORE_new();
    if (!a || !a->store)
        return err_set(err, ERR_SYSTEM, "trusted roots: %s", ssl_why());
    *out = a;
    a = NULL;
    return true;
}

void anchors_free(struct anchors *a)
{
    if (!a)
        return;
    X509_STORE_free(a->store);
    OPENSSL_free(a);
}

/*
 * Without X509_V_FLAG_PARTIAL_CHAIN only a self-signed certificate in the
 * store ends a path; any other one there just helps to build it.
 */
static bool add(struct anchors *a, const struct cert *c, struct err *err)
{
    OWN(X509) *x = x509_cache_get(c->der, c->der_len);

    if (!x || !X509_STORE_add_cert(a->store, x))
        return err_set(err, ERR_SYSTEM, "trusted roots: %s", ssl_why());
    return true;
}

static bool add_file(struct anchors *a, const char *path, struct arena *mem,
                     struct err *err)
{
    const char *text = NULL;
    size_t len = 0;
    struct cert_list certs = { 0 };

    if (!file_read(mem, path, CA_FILE_MAX, &text, &len, err) ||
        !x509_read_file(mem, text, len, path, &certs, err))
        return false;
    for (size_t i = 0; i < certs.len; i++)
        if (!certs.items[i].malformed && !add(a, &certs.items[i].cert, err))
            return false;
    return true;
}

bool anchors_new(const char *ca_file, struct anchors **out, struct err *err)
{
    struct anchors *made = NULL;

    if (!new_anchors(&made, err))
        return false;
    OWN(anchors_handle) *a = made;
    a->system = !ca_file;
    if (ca_file) {
        struct arena *mem = arena_new();
        bool added = add_file(a, ca_file, mem, err);
        arena_free(mem);
        if (!added)
            return err_add(err, "trusted roots");
    }
    *out = a;
    a = NULL;
    return true;
}

/* Whoever wrote the file: what is no certificate vouches for nothing. */
static bool is_readable(const struct cert *c)
{
    OWN(X509) *x = x509_cache_get(c->der, c->der_len);

    ERR_clear_error();
    return x != NULL;
}

bool anchors_from_survey(const struct survey *s, struct anchors **out,
                         struct err *err)
{
    struct anchors *made = NULL;

    if (!new_anchors(&made, err))
        return false;
    OWN(anchors_handle) *a = made;
    for (size_t i = 0; i < s->certs_len; i++) {
        const struct held_cert *held = &s->certs[i];
        if (held->origin == CERT_ANCHOR && !held->malformed &&
            is_readable(&held->cert) && !add(a, &held->cert, err))
            return false;
    }
    *out = a;
    a = NULL;
    return true;
}

/* "4a6481c9.0": how c_rehash names what X509_LOOKUP_hash_dir looks for. */
static bool is_hashed_name(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");

    return digits == 8 && name[8] == '.' && isdigit((unsigned char)name[9]);
}

static bool has_hashed_names(const char *path)
{
    OWN(DIR) *dir = opendir(path);

    if (!dir)
        return false;
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (is_hashed_name(e->d_name))
            return true;
    return false;
}

static bool add_hashed_dir(struct anchors *a)
{
    const char *given = getenv(X509_get_default_cert_dir_env());
    X509_LOOKUP *lookup =
        X509_STORE_add_lookup(a->store, X509_LOOKUP_hash_dir());

    /* A list of folders (SSL_CERT_DIR=a:b) is OpenSSL's to take apart. */
    bool there = given ? strchr(given, ':') || has_hashed_names(given)
                       : has_hashed_names(X509_get_default_cert_dir());
    return there && lookup &&
           X509_LOOKUP_add_dir(lookup, NULL, X509_FILETYPE_DEFAULT);
}

bool anchors_with(struct anchors *base, const struct cert *root,
                  struct anchors **out, struct err *err)
{
    X509_STORE *known = NULL;
    struct anchors *made = NULL;

    if (!anchors_store(base, &known, err) || !new_anchors(&made, err))
        return false;
    OWN(anchors_handle) *a = made;
    const STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(known);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509 *x = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (x && !X509_STORE_add_cert(a->store, x))
            return err_set(err, ERR_SYSTEM, "trusted roots: %s", ssl_why());
    }
    if (!add(a, root, err))
        return false;
    if (base->system)
        add_hashed_dir(a); /* a bundle's roots have been copied above */
    a->late = base->late;
    *out = a;
    a = NULL;
    return true;
}

static bool add_bundle(struct anchors *a, const char *path)
{
    return path && X509_STORE_load_file(a->store, path);
}

/* Where systems without a hashed folder keep all roots in one file. */
static bool add_known_bundle(struct anchors *a)
{
    static const char *const paths[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    };

    if (add_bundle(a, X509_get_default_cert_file()))
        return true;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (add_bundle(a, paths[i]))
            return true;
    return false;
}

/* A file is 30 ms of parsing: only when nothing else is there, or helps. */
static bool add_system(struct anchors *a)
{
    const char *given = getenv(X509_get_default_cert_file_env());
    bool by_dir = add_hashed_dir(a);
    bool found = by_dir || add_bundle(a, given) || add_known_bundle(a);

    a->late = by_dir ? given : NULL;
    ERR_clear_error();
    return found;
}

bool anchors_widen(struct anchors *a)
{
    const char *late = a->late;

    a->late = NULL;
    bool added = add_bundle(a, late);
    ERR_clear_error();
    return added;
}

bool anchors_store(struct anchors *a, X509_STORE **out, struct err *err)
{
    if (a->system && !a->ready && !add_system(a))
        return err_set(err, ERR_SYSTEM,
                       "trusted roots: this machine has none in %s: install "
                       "the package ca-certificates, or give --ca-file",
                       X509_get_default_cert_dir());
    a->ready = true;
    *out = a->store;
    return true;
}
