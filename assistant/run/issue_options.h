#ifndef CERTMEND_RUN_ISSUE_OPTIONS_H
#define CERTMEND_RUN_ISSUE_OPTIONS_H
/*
 * issue_options - how a certificate is to be got
 *
 * From the command line, or, for a renewal, from what was written down beside
 * the last certificate.
 */
#include "act/issue.h"
#include "base/log.h"
#include "probe/probe.h"
#include "run/options.h"
#include "run/wanted_names.h"

struct issue_options {
    const char *ca, *ca_file, *store, *email, *challenge, *webroot, *listen;
    const char *dns_hook, *dns_wait, *key_type, *profile, *eab_kid, *eab_key;
    const char *resolver, *from, *key, *passphrase_file, *key_group;
    struct text_list skip, programs, reloads, hook_env;
    struct connect_to_list connect_to;
    int64_t look_ms;        /* for a look at the ports; 0: the usual */
    struct text_list roots; /* "NAME=/DIR": other folders than webroot */
    bool keep_key, apply, rehearse, quiet, verbose;
};

extern const struct option_row issue_option_rows[];

/* --key and what opens it: for who orders, and not for a renewal. */
extern const struct option_row issue_key_rows[];

/* The words of --skip, with what each leaves out. */
struct issue_check {
    const char *name;
    const char *about;
    bool lasts; /* at renewals too: what it leaves out keeps nobody from harm,
                   the CA says no by itself */
};
extern const struct issue_check issue_checks[]; /* no name ends it */
bool issue_skip_lasts(const char *check);
bool issue_skips(const struct issue_options *o, const char *check);

/* -q and -v. */
enum log_level issue_log_level(const struct issue_options *o);

/* Was the CA given as a URL? Then nobody knows about it but the user. */
bool issue_ca_is_url(const struct issue_options *o);

/* What the plan that the names are from says of key and challenge; a --key-type
 * that was asked for is a new key, in plain words, and whoever says by what the
 * names are proven has another challenge in mind. */
void issue_options_follow(struct issue_options *o,
                          const struct wanted_names *names);

/* Fills in all that needs no network. `store` is open; what it lacks: loop,
 * rehearsal. A key that is to be kept is read, and checked: issue_order_free()
 * wipes it. */
MUST_CHECK bool issue_options_order(struct arena *a,
                                    const struct issue_options *o,
                                    const struct wanted_names *names,
                                    struct store *store,
                                    struct issue_order *out, struct err *err);

void issue_order_free(struct issue_order *o);

/* To and from certmend.json. Relative paths become absolute. */
struct json *issue_options_to_json(struct arena *a,
                                   const struct issue_options *o,
                                   const struct wanted_names *names);
MUST_CHECK bool issue_options_from_json(
    struct arena *a, const struct json *about, const char *path,
    struct issue_options *out, struct wanted_names *names, struct err *err);

#endif
