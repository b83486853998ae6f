#include <string.h>

#include "acme/acme_session.h"
#include "crypto/jws.h"

static const char finding[] = "finding the account";

/* A request about the account; its request and how it is told. */
struct account_registration {
    struct acme *session;
    const struct key *key;
};

static const char *const unusable_account =
    "finding the account: the CA gives no address for it.";

static const char *status_of(struct acme *s, const struct json *j)
{
    const char *status = json_find_text(j, "status");

    return status ? arena_printable(s->arena, status, strlen(status)) : "valid";
}

/* The account of an answer, kept; NULL: there is none. */
static const struct acme_account *keep(struct acme *s, const struct key *key,
                                       const struct acme_response *answer)
{
    struct acme_account *account = arena_alloc(s->arena, 1, sizeof *account);

    if (!answer->location)
        return NULL;
    *account = (struct acme_account){
        .url = arena_text(s->arena, answer->location),
        .status = status_of(s, answer->json),
        .is_new = answer->status == 201,
    };
    s->key = key;
    s->kid = account->url;
    return account;
}

static void found(void *arg, const struct acme_response *answer)
{
    struct account_registration *e = arg;
    struct acme *s = e->session;
    struct acme_result result = acme_request_result(s, answer);

    if (result.outcome == ACME_WORKED) {
        result.account = keep(s, e->key, answer);
        if (!result.account) {
            result.outcome = ACME_BROKEN;
            result.why = unusable_account;
        } else if (strcmp(result.account->status, "valid") != 0) {
            result.outcome = ACME_REFUSED;
            result.why = arena_printf(s->arena,
                                      "%s: it is there, but %s: make another "
                                      "one with another key.",
                                      finding, result.account->status);
        }
    }
    acme_end(s, &result);
}

/* 7.3.4: the account key, signed with what the CA gave the person. */
static bool bind(struct acme *s, const struct acme_account_request *request,
                 struct json *payload, struct err *err)
{
    const struct jws_secret secret = {
        .algorithm = request->eab_alg ? request->eab_alg : "HS256",
        .bytes = request->eab_key,
        .len = request->eab_key_len,
    };
    struct json *header = json_object(s->arena);
    struct json *jws = NULL;

    json_put_text(s->arena, header, "kid", request->eab_kid);
    json_put_text(s->arena, header, "url", s->directory.new_account);
    if (!jws_mac(s->arena, &secret, header, jws_jwk(s->arena, request->key),
                 &jws, err))
        return false;
    json_put(s->arena, payload, "externalAccountBinding", jws);
    return true;
}

static void put_contacts(struct acme *s, struct json *payload,
                         const char *const *contacts, size_t len)
{
    struct json *list = json_put_array(s->arena, payload, "contact");

    for (size_t i = 0; i < len; i++)
        json_add_text(s->arena, list, contacts[i]);
}

/* What would be refused anyhow, said better; NULL: nothing. */
static const char *missing(struct acme *s, const struct acme_account_request *w)
{
    const struct acme_directory *d = &s->directory;

    if (w->only_existing)
        return NULL;
    if (d->terms && !w->agree)
        return arena_printf(s->arena,
                            "making an account: %s wants its terms agreed to "
                            "first; they are at %s.",
                            s->name, d->terms);
    if (d->wants_eab && !w->eab_kid)
        return arena_printf(s->arena,
                            "making an account: %s serves its customers only: "
                            "give the key identifier and the key it shows in "
                            "your account there.",
                            s->name);
    return NULL;
}

static bool fill(struct acme *s, const struct acme_account_request *request,
                 struct json *payload, struct err *err)
{
    if (!jws_algorithm(request->key))
        return err_set(err, ERR_INPUT,
                       "account key: use EC P-256 or P-384, or RSA with at "
                       "least 2048 bits");
    if (request->only_existing) {
        json_put_bool(s->arena, payload, "onlyReturnExisting", true);
        return true;
    }
    if (s->directory.terms || request->agree)
        json_put_bool(s->arena, payload, "termsOfServiceAgreed",
                      request->agree);
    if (request->contacts_len)
        put_contacts(s, payload, request->contacts, request->contacts_len);
    return !request->eab_kid || bind(s, request, payload, err);
}

void acme_account_find(struct acme *s,
                       const struct acme_account_request *request,
                       acme_done *done, void *arg)
{
    struct json *payload = json_object(s->arena);
    const char *why = missing(s, request);
    struct account_registration *e = arena_alloc(s->arena, 1, sizeof *e);
    struct err err;

    acme_begin(s, done, arg);
    if (why) {
        acme_end_because(s, ACME_REFUSED, why);
        return;
    }
    if (!fill(s, request, payload, &err)) {
        acme_end_because(s, ACME_FAILED, err.text);
        return;
    }
    *e = (struct account_registration){ .session = s, .key = request->key };
    acme_request_send(
        s, &(struct acme_request){
               .what = request->only_existing ? finding : "making an account",
               .url = s->directory.new_account,
               .auth = ACME_AUTH_KEY,
               .key = request->key,
               .payload = payload,
               .done = found,
               .arg = e,
           });
}

void acme_account_use(struct acme *s, const struct key *key, const char *url)
{
    s->key = key;
    s->kid = arena_text(s->arena, url);
}

static void changed(void *arg, const struct acme_response *answer)
{
    struct acme *s = arg;
    struct acme_result result = acme_request_result(s, answer);
    struct acme_account *account = arena_alloc(s->arena, 1, sizeof *account);

    *account = (struct acme_account){
        .url = s->kid,
        .status = status_of(s, answer->json),
    };
    if (result.outcome == ACME_WORKED)
        result.account = account;
    acme_end(s, &result);
}

static void change(struct acme *s, const char *what, const struct json *payload)
{
    acme_request_send(s, &(struct acme_request){
                             .what = what,
                             .url = s->kid,
                             .auth = ACME_AUTH_ACCOUNT,
                             .payload = payload,
                             .done = changed,
                             .arg = s,
                         });
}

void acme_account_contacts(struct acme *s, const char *const *contacts,
                           size_t len, acme_done *done, void *arg)
{
    struct json *payload = json_object(s->arena);

    acme_begin(s, done, arg);
    put_contacts(s, payload, contacts, len);
    change(s, "changing the account's contacts", payload);
}

void acme_account_deactivate(struct acme *s, acme_done *done, void *arg)
{
    struct json *payload = json_object(s->arena);

    acme_begin(s, done, arg);
    json_put_text(s->arena, payload, "status", "deactivated"); /* 7.3.6 */
    change(s, "closing the account", payload);
}
