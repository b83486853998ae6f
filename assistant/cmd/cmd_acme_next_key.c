#include <stddef.h>

#include "act/rollover_key.h"
#include "cmd/acme_context.h"

struct rollover_key_options {
    const char *store, *key_type;
};

static const struct option_row rows[] = {
    { .name = "store",
      .value = "DIR",
      .about = "where certificates live; default /etc/certmend for root",
      .at = offsetof(struct rollover_key_options, store) },
    { .name = "key-type",
      .value = "TYPE",
      .about = "ec256 (default), ec384, rsa2048, rsa3072, rsa4096",
      .at = offsetof(struct rollover_key_options, key_type) },
    { .name = NULL },
};

static bool tell(struct store *s, const char *name,
                 const struct rollover_key *next, struct err *err)
{
    const char *live = NULL;
    struct buf out;

    if (!rollover_key_live(s, name, &live, err))
        return false;
    buf_init(&out, s->arena, STORE_FILE_MAX);
    buf_printf(&out,
               "The next key of %s %s:\n  %s\n\"certmend renew\" publishes "
               "its record by --dns-hook when the time has come.\nWithout "
               "one, publish it beside the old one, on every port with TLSA "
               "records:\n"
               "  _25._tcp.HOST. IN TLSA %s   (the next one)\n"
               "  _25._tcp.HOST. IN TLSA %s   (live now)\n"
               "\"certmend renew\" waits until nobody holds an older answer, "
               "and says when the old\nrecord may go.\n",
               name, next->is_new ? "has been made" : "waits already",
               next->path, next->tlsa, live);
    return command_print(out.text, out.len, err);
}

static bool run(struct store *s, const char *name, enum key_kind kind,
                struct err *err)
{
    struct rollover_key next;

    return store_lock(s, err) && rollover_key_make(s, name, kind, &next, err) &&
           tell(s, name, &next, err);
}

enum exit_status acme_next_key(struct arena *a, char **argv, struct err *err)
{
    static const struct option_row *const tables[] = { rows, NULL };
    struct rollover_key_options o = { .store = NULL };
    struct store s = { .lock = -1 };
    struct text_list words;

    if (!options_read(a, argv, tables, &o, &words, err))
        return EXIT_FAILED;
    int kind =
        o.key_type ? table_code(key_kind_words, o.key_type) : KEY_KIND_EC256;
    if (words.len != 1 || kind == KEY_KIND_COUNT) {
        err_set(err, ERR_USAGE,
                "acme next-key: one name of the store was wanted, and a "
                "--key-type like ec256 or rsa2048");
        return EXIT_FAILED;
    }
    bool told = store_open(a, o.store, &s, err) &&
                run(&s, store_name(a, words.text[0]), (enum key_kind)kind, err);
    store_close(&s);
    return told ? EXIT_CLEAN : EXIT_FAILED;
}
