#include "crypto/key.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/handles.h"
#include "crypto/key_policy.h"
#include "crypto/pkey.h"

struct key {
    EVP_PKEY *pkey;
};

const struct word key_kind_words[] = {
    { "ec256", KEY_KIND_EC256 },     { "ec384", KEY_KIND_EC384 },
    { "rsa2048", KEY_KIND_RSA2048 }, { "rsa3072", KEY_KIND_RSA3072 },
    { "rsa4096", KEY_KIND_RSA4096 }, { NULL, KEY_KIND_COUNT },
};
static_assert(sizeof key_kind_words / sizeof *key_kind_words ==
                  KEY_KIND_COUNT + 1,
              "a word per kind of key");

static const struct {
    const char *curve; /* NULL: RSA of so many bits */
    size_t bits;
} kinds[] = {
    [KEY_KIND_EC256] = { "P-256", 0 },   [KEY_KIND_EC384] = { "P-384", 0 },
    [KEY_KIND_RSA2048] = { NULL, 2048 }, [KEY_KIND_RSA3072] = { NULL, 3072 },
    [KEY_KIND_RSA4096] = { NULL, 4096 },
};
static_assert(sizeof kinds / sizeof *kinds == KEY_KIND_COUNT,
              "a row per kind of key");

EVP_PKEY *key_pkey(const struct key *k)
{
    return k->pkey;
}

void key_free(struct key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->pkey); /* wipes what is secret */
    OPENSSL_free(k);
}

bool key_wrap(EVP_PKEY *pkey, struct key **out, struct err *err)
{
    struct key *k = OPENSSL_zalloc(sizeof *k);

    if (!k) {
        EVP_PKEY_free(pkey);
        return err_set(err, ERR_SYSTEM, "private key: %s", ssl_why());
    }
    k->pkey = pkey;
    *out = k;
    return true;
}

bool key_new(enum key_kind kind, struct key **out, struct err *err)
{
    const char *curve = kinds[kind].curve;
    EVP_PKEY *pkey =
        curve ? EVP_EC_gen(curve)
              : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", kinds[kind].bits);

    if (!pkey)
        return err_set(err, ERR_SYSTEM, "making a private key: %s", ssl_why());
    return key_wrap(pkey, out, err);
}

struct lock {
    const char *passphrase; /* NULL: there is none to give */
    bool asked;
};

static int give_passphrase(char *room, int size, int writing, void *data)
{
    struct lock *lock = data;
    size_t len = lock->passphrase ? strlen(lock->passphrase) : 0;

    (void)writing;
    lock->asked = true;
    if (!lock->passphrase || len > (size_t)size)
        return -1;
    memcpy(room, lock->passphrase, len);
    return (int)len;
}

/* PEM, then DER in clear, then DER under a passphrase. */
static EVP_PKEY *read_any(const char *text, int len, struct lock *lock)
{
    OWN(BIO) *in = BIO_new_mem_buf(text, len);
    EVP_PKEY *pkey = NULL;

    if (in)
        pkey = PEM_read_bio_PrivateKey(in, NULL, give_passphrase, lock);
    if (pkey || !in || lock->asked)
        return pkey;
    BIO_reset(in);
    pkey = d2i_PrivateKey_bio(in, NULL);
    if (pkey)
        return pkey;
    BIO_reset(in);
    return d2i_PKCS8PrivateKey_bio(in, NULL, give_passphrase, lock);
}

bool key_is_locked(const char *text, size_t len)
{
    struct lock lock = { .passphrase = NULL };

    if (len > INT_MAX)
        return false;
    EVP_PKEY_free(read_any(text, (int)len, &lock));
    ERR_clear_error();
    return lock.asked;
}

/* What people take for a private key, and is none that can be used here. */
static const struct {
    const char *holds, *what;
} mistaken[] = {
    { "-----BEGIN OPENSSH PRIVATE KEY",
      "it is a key of SSH, not of a certificate" },
    { "-----BEGIN TSS2 PRIVATE KEY",
      "it is a key that stays inside a TPM, which is not supported: give a "
      "key that is in a file" },
    { "-----BEGIN PKCS#11 PROVIDER URI",
      "it names a key on a token (pkcs11:), which is not supported: give a "
      "key that is in a file" },
    { "-----BEGIN CERTIFICATE REQUEST",
      "it is a certificate request; the key is in a file of its own" },
    { "-----BEGIN CERTIFICATE-",
      "it is a certificate; the key is in a file of its own" },
    { "-----BEGIN PUBLIC KEY", "it is the public half of a key alone" },
};

static bool holds(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, word, n) == 0)
            return true;
    return false;
}

static bool no_key(const char *text, size_t len, const char *name,
                   struct err *err)
{
    for (size_t i = 0; i < sizeof mistaken / sizeof *mistaken; i++)
        if (holds(text, len, mistaken[i].holds))
            return err_set(err, ERR_INPUT, "%s: no private key in it: %s", name,
                           mistaken[i].what);
    return err_set(err, ERR_INPUT,
                   "%s: no private key in it: PEM (\"-----BEGIN PRIVATE "
                   "KEY-----\") or DER was wanted",
                   name);
}

bool key_read(const char *text, size_t len, const char *name,
              const char *passphrase, struct key **out, struct err *err)
{
    struct lock lock = { .passphrase = passphrase };

    if (len > INT_MAX)
        return err_set(err, ERR_INPUT, "%s: too big for a private key", name);
    EVP_PKEY *pkey = read_any(text, (int)len, &lock);
    ERR_clear_error();
    if (pkey)
        return key_wrap(pkey, out, err);
    if (lock.asked && !passphrase)
        return err_set(err, ERR_INPUT,
                       "%s: this private key is locked with a passphrase: "
                       "give it in the first line of a file, with "
                       "--passphrase-file FILE",
                       name);
    if (lock.asked)
        return err_set(err, ERR_INPUT,
                       "%s: the passphrase does not open this private key; "
                       "the right one goes into the first line of a file: "
                       "--passphrase-file FILE",
                       name);
    return no_key(text, len, name, err);
}

bool key_share(const struct key *k, struct key **out, struct err *err)
{
    if (!EVP_PKEY_up_ref(k->pkey))
        return err_set(err, ERR_SYSTEM, "private key: %s", ssl_why());
    return key_wrap(k->pkey, out, err);
}

bool key_same(const struct key *a, const struct key *b)
{
    bool same = EVP_PKEY_eq(a->pkey, b->pkey) == 1;

    ERR_clear_error();
    return same;
}

enum key_kind key_kind_of(const struct key *k)
{
    size_t bits = (size_t)EVP_PKEY_get_bits(k->pkey);
    bool is_rsa = EVP_PKEY_is_a(k->pkey, "RSA");

    if (key_policy_judge(k->pkey) != CA_KEY_GOOD)
        return KEY_KIND_COUNT;
    if (!is_rsa)
        return bits == 384 ? KEY_KIND_EC384 : KEY_KIND_EC256;
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++)
        if (kinds[kind].bits == bits)
            return (enum key_kind)kind;
    return KEY_KIND_COUNT;
}

bool key_fits_cas(const struct key *k, struct arena *a, struct err *err)
{
    return key_policy_judge(k->pkey) == CA_KEY_GOOD ||
           err_set(err, ERR_INPUT,
                   "public CAs do not take this key (%s): use EC P-256 or "
                   "P-384, or RSA with 2048, 3072 or 4096 bits and the "
                   "exponent 65537",
                   key_policy_text(a, k->pkey));
}

static void take(BIO *from, struct arena *a, char **pem, size_t *len)
{
    char *text = NULL;
    long text_len = BIO_get_mem_data(from, &text);

    *pem = arena_copy(a, text, (size_t)text_len);
    *len = (size_t)text_len;
}

bool key_pem(const struct key *k, const char *passphrase, struct arena *a,
             char **pem, size_t *len, struct err *err)
{
    const EVP_CIPHER *cipher = passphrase ? EVP_aes_256_cbc() : NULL;
    size_t secret_len = passphrase ? strlen(passphrase) : 0;

    if (passphrase && (secret_len == 0 || secret_len > PEM_BUFSIZE))
        return err_set(err, ERR_INPUT,
                       "locking a private key: the passphrase has %zu "
                       "characters: 1 to %d were wanted",
                       secret_len, PEM_BUFSIZE);
    /* Wiped by OpenSSL when it grows and when it is released. */
    OWN(BIO) *out = BIO_new(BIO_s_mem());
    if (!out || !PEM_write_bio_PKCS8PrivateKey(out, k->pkey, cipher, passphrase,
                                               (int)secret_len, NULL, NULL))
        return err_set(err, ERR_SYSTEM, "writing a private key: %s", ssl_why());
    take(out, a, pem, len);
    return true;
}

bool key_pem_old(const struct key *k, struct arena *a, char **pem, size_t *len,
                 struct err *err)
{
    OWN(BIO) *out = BIO_new(BIO_s_mem());

    if (!out || !PEM_write_bio_PrivateKey_traditional(out, k->pkey, NULL, NULL,
                                                      0, NULL, NULL))
        return err_set(err, ERR_SYSTEM, "writing a private key: %s", ssl_why());
    take(out, a, pem, len);
    return true;
}

void key_wipe(char *pem, size_t len)
{
    OPENSSL_cleanse(pem, len);
}

static const char *digest_hex(struct arena *a, const EVP_MD *how,
                              const uint8_t *bytes, size_t len)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_len = 0;

    if (EVP_Digest(bytes, len, digest, &digest_len, how, NULL))
        return hex_text(a, digest, digest_len);
    ERR_clear_error();
    return NULL;
}

struct cert key_as_cert(struct arena *a, const struct key *k)
{
    OWN(ssl_bytes) *spki = NULL;
    int len = i2d_PUBKEY(key_pkey(k), &spki);
    struct cert c = { .subject = "" };

    if (len <= 0) {
        ERR_clear_error();
        return c;
    }
    c.spki_len = (size_t)len;
    c.spki = arena_copy(a, spki, c.spki_len);
    c.spki_sha256_hex = digest_hex(a, EVP_sha256(), spki, c.spki_len);
    c.spki_sha512_hex = digest_hex(a, EVP_sha512(), spki, c.spki_len);
    return c;
}

const char *key_spki_hex(struct arena *a, const struct key *k)
{
    const char *hex = key_as_cert(a, k).spki_sha256_hex;

    return hex ? hex : "";
}
