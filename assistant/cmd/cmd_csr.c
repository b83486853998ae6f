/*
 * cmd_csr - a key and a certificate request for the right names
 */
#include <stddef.h>
#include <string.h>

#include "act/act_csr.h"
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/cmd_csr_lint.h"
#include "run/options.h"
#include "run/wanted_names.h"

struct csr_options {
    const char *key, *key_type, *cn, *out_key, *out_csr, *from;
    const char *passphrase_file;
    struct wanted_names more, less; /* --add, --drop */
    bool der, private_ca;
};

#define AT(field) offsetof(struct csr_options, field)

static bool set_more(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    return wanted_names_add(a, &((struct csr_options *)into)->more, value, err);
}

static bool set_less(struct arena *a, void *into, const char *value,
                     struct err *err)
{
    return wanted_names_add(a, &((struct csr_options *)into)->less, value, err);
}

static const struct option_row rows[] = {
    { .name = "key",
      .value = "FILE",
      .about = "use this private key (for DANE); default: a new one",
      .at = AT(key) },
    { .name = "key-type",
      .value = "TYPE",
      .about = "ec256 (default), ec384, rsa2048, rsa3072, rsa4096",
      .at = AT(key_type) },
    { .name = "cn",
      .value = "NAME",
      .about = "a common name too, for old software; best left out",
      .at = AT(cn) },
    { .name = "out-key",
      .value = "FILE",
      .about = "where the key goes; default NAME.key",
      .at = AT(out_key) },
    { .name = "out-csr",
      .value = "FILE",
      .about = "where the request goes; default NAME.csr",
      .at = AT(out_csr) },
    { .name = "from",
      .value = "REPORT",
      .about = "the names of the plan in a saved JSON report",
      .at = AT(from) },
    { .name = "add",
      .value = "NAME",
      .about = "one name more than the plan has; repeatable",
      .set = set_more },
    { .name = "drop",
      .value = "NAME",
      .about = "one name less; repeatable",
      .set = set_less },
    { .name = "passphrase-file",
      .value = "FILE",
      .about = "its first line opens --key, or locks the new key",
      .at = AT(passphrase_file) },
    { .name = "private-ca",
      .about = "for your own authority: names that no public one signs too",
      .at = AT(private_ca) },
    { .name = "der", .about = "the request in DER", .at = AT(der) },
    { .name = NULL },
};

static void drop_name(struct wanted_names *names, const char *text)
{
    size_t kept = 0;

    for (size_t i = 0; i < names->len; i++)
        if (strcmp(names->text[i], text) != 0)
            names->text[kept++] = names->text[i];
    names->len = kept;
}

/* The words, the plan, what the user adds; less what the user drops. */
static bool collect(struct arena *a, const struct csr_options *o,
                    const struct text_list *words, struct wanted_names *names,
                    struct err *err)
{
    for (size_t i = 0; i < words->len; i++)
        if (!wanted_names_add(a, names, words->text[i], err))
            return false;
    if (o->from && !wanted_names_from(a, names, o->from, err))
        return false;
    for (size_t i = 0; i < o->more.len; i++)
        if (!wanted_names_add(a, names, o->more.text[i], err))
            return false;
    for (size_t i = 0; i < o->less.len; i++)
        drop_name(names, o->less.text[i]);
    return names->len > 0 ||
           err_set(err, ERR_USAGE,
                   "a name for the certificate was wanted, such as \"certmend "
                   "csr mail.example.com\"");
}

/* A plan that keeps the key keeps it here too; a --key-type that was asked for
 * is a new key, in plain words. */
static bool check_key(const struct csr_options *o,
                      const struct wanted_names *names, struct err *err)
{
    if (!names->keep_key || o->key || o->key_type)
        return true;
    return err_set(err, ERR_USAGE,
                   "%s: this plan keeps the key in use, for DANE has published "
                   "it: give that with --key FILE, so that no new one is made",
                   o->from);
}

static bool fill_job(struct arena *a, const struct csr_options *o,
                     const struct wanted_names *names,
                     struct csr_file_request *job, struct err *err)
{
    int kind =
        o->key_type ? table_code(key_kind_words, o->key_type) : KEY_KIND_EC256;
    const char *first = names->text[0];

    if (kind == KEY_KIND_COUNT)
        return err_set(err, ERR_USAGE,
                       "--key-type: ec256, ec384, rsa2048, rsa3072 or rsa4096 "
                       "was wanted, not \"%s\"",
                       o->key_type);
    *job = (struct csr_file_request){
        .order = { names->text, names->len, NULL },
        .key_path = o->key,
        .passphrase_file = o->passphrase_file,
        .key_kind = (enum key_kind)kind,
        .key_kind_asked = o->key_type,
        .out_key =
            o->out_key ? o->out_key : act_csr_file_name(a, first, ".key"),
        .out_csr =
            o->out_csr ? o->out_csr : act_csr_file_name(a, first, ".csr"),
        .der = o->der,
        .private_ca = o->private_ca,
    };
    struct wanted_names cn = { 0 };
    if (o->cn && !wanted_names_add(a, &cn, o->cn, err))
        return err_add(err, "--cn");
    job->order.cn = o->cn ? cn.text[0] : NULL;
    return true;
}

static bool tell(struct arena *a, const struct csr_file_request *job,
                 struct err *err)
{
    struct buf out;

    buf_init(&out, a, 64 * 1024);
    buf_text(&out, "The request asks for:");
    for (size_t i = 0; i < job->order.names_len; i++)
        buf_printf(&out, " %s", job->order.names[i]);
    buf_printf(&out, "\n  request  %s   send this to %s\n", job->out_csr,
               job->private_ca ? "your own authority" : "the authority");
    if (job->key_path)
        buf_printf(&out, "  key      %s   used as it is\n", job->key_path);
    else
        buf_printf(&out, "  key      %s   keep it secret, it stays here\n",
                   job->out_key);
    return command_print(out.text, out.len, err);
}

enum exit_status cmd_csr(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct csr_options o = { 0 };
    struct text_list words;
    struct wanted_names names = { 0 };
    struct csr_file_request job;

    if (argv[1] && strcmp(argv[1], "lint") == 0)
        return cmd_csr_lint(a, argv + 1, err);
    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    if (!collect(a, &o, &words, &names, err) || !check_key(&o, &names, err))
        return EXIT_FAILED;
    bool made = fill_job(a, &o, &names, &job, err) && act_csr(a, &job, err) &&
                tell(a, &job, err);
    return made ? EXIT_CLEAN : EXIT_FAILED;
}
