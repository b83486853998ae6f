/*
 * cmd_acme - what a CA has to be told or asked beside orders
 */
#include <stddef.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/term.h"
#include "cmd/acme_context.h"
#include "crypto/x509_read.h"
#include "run/issue_run.h"

enum { CERT_FILE_MAX = 1024 * 1024, PROFILE_COLUMNS = 15 };

#define AT(field) offsetof(struct acme_context_options, field)

static const struct option_row rows[] = {
    { .name = "rekey",
      .about = "account: another key for it",
      .at = AT(rekey) },
    { .name = "import",
      .value = "FILE",
      .about = "account: take the key that another program used: PEM, "
               "certbot's JWK, Traefik's acme.json",
      .at = AT(import) },
    { .name = "export",
      .value = "FILE",
      .about = "account: its key for another program, PEM",
      .at = AT(export) },
    { .name = "new",
      .about = "account: another one; the key of the present one is set aside",
      .at = AT(is_new) },
    { .name = "deactivate",
      .about = "account: end it, for good",
      .at = AT(deactivate) },
    { .name = "reason",
      .value = "WORD",
      .about = "revoke: keyCompromise, superseded, cessationOfOperation, ...",
      .at = AT(reason) },
    { .name = "key",
      .value = "FILE",
      .about = "revoke: by the certificate's key, not by the account",
      .at = AT(key) },
    { .name = "passphrase-file",
      .value = "FILE",
      .about = "its first line opens the key of --key or --import",
      .at = AT(how.passphrase_file) },
    { .name = NULL },
};

/* RFC 5280 5.3.1; those that a subscriber may give. */
static const struct word reasons[] = {
    { "unspecified", 0 },          { "keyCompromise", 1 },
    { "affiliationChanged", 3 },   { "superseded", 4 },
    { "cessationOfOperation", 5 }, { NULL, ACME_REASON_NONE },
};

static void put_profile(const struct acme_profile *p, struct buf *out)
{
    const struct term_row row = { "", p->name, PROFILE_COLUMNS, p->about };

    term_row(out, &row, term_row_width());
}

static enum exit_status profiles(struct acme_context *e, struct err *err)
{
    const struct acme_directory *d = acme_directory(e->session.acme);
    struct buf text;

    buf_init(&text, e->arena, STORE_FILE_MAX);
    for (size_t i = 0; i < d->profiles_len; i++)
        put_profile(&d->profiles[i], &text);
    if (!d->profiles_len)
        buf_printf(&text, "%s offers no profiles to choose from\n",
                   e->order.ca->title);
    return command_print(text.text, text.len, err) ? EXIT_CLEAN : EXIT_FAILED;
}

/* *stored: its folder in the store, or NULL: a file. */
static bool read_leaf(struct acme_context *e, struct held_cert *out,
                      const char **stored, struct err *err)
{
    const char *what = e->words.len > 1 ? e->words.text[1] : NULL;
    struct cert_list chain = { 0 };
    const char *text = NULL;
    size_t len = 0;

    if (!what)
        return err_set(err, ERR_USAGE,
                       "what to revoke was wanted: a name in the store, or a "
                       "certificate file");
    const char *name = store_name(e->arena, what);
    const char *path = store_path(&e->store, name, "cert.pem");
    bool is_stored = file_exists(path);
    if (!is_stored)
        path = what;
    if (!file_read(e->arena, path, CERT_FILE_MAX, &text, &len, err) ||
        !x509_read_file(e->arena, text, len, path, &chain, err))
        return false;
    *out = chain.items[0];
    *stored = is_stored ? name : NULL;
    return true;
}

static bool read_reason(const struct acme_context *e, int *out, struct err *err)
{
    const char *word = e->options.reason;

    *out = word ? table_code(reasons, word) : ACME_REASON_NONE;
    return !word || *out != ACME_REASON_NONE ||
           err_set(err, ERR_USAGE,
                   "--reason: unspecified, keyCompromise, affiliationChanged, "
                   "superseded or cessationOfOperation was wanted, not \"%s\"",
                   word);
}

static enum exit_status revoke_by(struct acme_context *e, const struct key *key,
                                  struct err *err)
{
    struct held_cert leaf = { .malformed = true };
    const char *stored = NULL;
    struct acme_result r;
    int reason = ACME_REASON_NONE;

    if (!read_leaf(e, &leaf, &stored, err) || !read_reason(e, &reason, err))
        return EXIT_FAILED;
    if (!key && !acme_context_account(e, err))
        return EXIT_FAILED;
    const struct acme_revocation request = { leaf.cert.der, leaf.cert.der_len,
                                             reason, key };
    acme_revoke(e->session.acme, &request, ca_session_done, &e->session);
    if (!ca_session_wait(&e->session, &r, err) ||
        (stored && r.outcome == ACME_WORKED &&
         !(store_lock(&e->store, err) &&
           issue_note_revoked(&e->store, stored, err))))
        return EXIT_FAILED;
    return acme_context_tell(
        e, &r,
        "Revoked. Servers that still show it are no longer to be "
        "trusted: order a new one",
        err);
}

static enum exit_status revoke(struct acme_context *e, struct err *err)
{
    const struct key_file file = { e->options.key,
                                   e->options.how.passphrase_file, true };
    struct key *key = NULL;

    if (file.path && !key_file_read(&file, &key, err)) {
        err_add(err, "--key");
        return EXIT_FAILED;
    }
    enum exit_status status = revoke_by(e, key, err);
    key_free(key);
    return status;
}

static const struct {
    const char *name;
    enum exit_status (*run)(struct acme_context *e, struct err *err);
} verbs[] = {
    { "account", acme_context_run_account },
    { "revoke", revoke },
    { "profiles", profiles },
};

static enum exit_status run(struct acme_context *e, struct err *err)
{
    const char *verb = e->words.len ? e->words.text[0] : "";
    size_t which = 0;
    struct acme_result r;

    while (which < sizeof verbs / sizeof *verbs &&
           strcmp(verbs[which].name, verb) != 0)
        which++;
    if (which == sizeof verbs / sizeof *verbs) {
        err_set(err, ERR_USAGE,
                "acme: account, revoke, preflight or profiles was wanted%s%s",
                *verb ? ", not " : "", verb);
        return EXIT_FAILED;
    }
    if (!ca_session_open(&e->order, &e->session, &r, err))
        return EXIT_FAILED;
    if (r.outcome != ACME_WORKED)
        return acme_context_tell(e, &r, "", err);
    return verbs[which].run(e, err);
}

static bool prepare(struct acme_context *e, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, issue_option_rows,
                                                       NULL };
    const struct issue_options *how = &e->options.how;
    const struct wanted_names none = { .len = 0 };

    if (!options_read(e->arena, argv, tables, &e->options, &e->words, err))
        return false;
    log_level_set(issue_log_level(how));
    return store_open(e->arena, how->store, &e->store, err) &&
           issue_options_order(e->arena, how, &none, &e->store, &e->order, err);
}

enum exit_status cmd_acme(struct arena *a, char **argv, struct err *err)
{
    struct acme_context e = { .arena = a, .store = { .lock = -1 } };

    /* It asks no CA. */
    if (argv[1] && strcmp(argv[1], "next-key") == 0)
        return acme_next_key(a, argv + 1, err);
    /* It has names and a format of its own. */
    if (argv[1] && strcmp(argv[1], "preflight") == 0)
        return cmd_preflight(a, argv + 1, err);
    if (!prepare(&e, argv, err))
        return EXIT_FAILED;
    enum exit_status status = run(&e, err);
    ca_session_close(&e.session);
    store_account_free(&e.account);
    store_close(&e.store);
    return status;
}
