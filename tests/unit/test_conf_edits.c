/* How edits are put together, and the proof that they do no more than they are
 * meant to.
 *
 *   test_conf_edits ROOT PROGRAM PORT NAME CERT KEY WORD...
 *
 * reads the configuration of a program that was started with those words, as
 * from within ROOT, changes what PORT shows to NAME ("-": to who asks for
 * none), and says so line by line, for tests/live/test_conf.py. */
#include "conf_stage.h"

#include "machine/conf_edits.h"
#include "machine/conf_scratch.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct server_conf conf_of(const char *text)
{
    struct machine_file *file = arena_alloc(arena, 1, sizeof *file);

    *file = (struct machine_file){ .path = "/etc/x.conf",
                                   .text = text,
                                   .len = strlen(text) };
    return (struct server_conf){ .files = file, .files_len = 1 };
}

static const char *applied(const struct server_conf *conf,
                           const struct conf_edits *edits)
{
    const char *text = NULL;
    size_t len = 0;

    conf_edits_apply(arena, conf, edits, 0, &text, &len);
    assert_int_equal(len, strlen(text));
    return text;
}

static void puts_together(void **state)
{
    struct server_conf conf = conf_of("a = 1\r\n  b = 2\r\nc = 3");
    struct conf_edits edits = { .len = 0 };

    (void)state;
    assert_string_equal(applied(&conf, &edits), conf.files[0].text);
    conf_edits_append(arena, &conf, &edits, 0, "d = 4");
    conf_edits_put(arena, &edits, (struct conf_span){ 0, 13, 1, 2 }, "two");
    conf_edits_put(arena, &edits, (struct conf_span){ 0, 4, 1, 1 }, "");
    conf_edits_below(arena, &conf, &edits, 0, 14, "x = y");
    conf_edits_append(arena, &conf, &edits, 0, "e = 5");
    assert_string_equal(
        applied(&conf, &edits),
        "a = \r\n  b = two\r\n  x = y\r\nc = 3\r\nd = 4\r\ne = 5");
    for (size_t i = 1; i < edits.len; i++)
        assert_true(edits.items[i - 1].span.at < edits.items[i].span.at);

    conf = conf_of("");
    edits.len = 0;
    conf_edits_append(arena, &conf, &edits, 0, "d = 4");
    assert_string_equal(applied(&conf, &edits), "d = 4\n");
}

/* "name=value" of each line, without what stands behind a "#". */
static struct conf_settings settings_of(const char *text)
{
    struct conf_settings all = { .len = 0 };
    size_t line = 1;

    for (const char *p = text; *p; line++) {
        size_t len = strcspn(p, "\n"), name = strcspn(p, "=\n#");
        if (p[name] == '=') {
            struct conf_setting *s = conf_settings_add(arena, &all);
            size_t at = (size_t)(p - text);
            size_t value = strcspn(p + name + 1, "\n#");
            *s = (struct conf_setting){
                .block = "",
                .name = arena_text_n(arena, p, name),
                .value = arena_text_n(arena, p + name + 1, value),
                .span = { 0, at + name + 1, value, line },
                .begin = at,
                .end = at + name + 1 + value,
            };
        }
        p += len + (p[len] ? 1 : 0);
    }
    return all;
}

static void proves(void **state)
{
    static const struct {
        const char *what, *before;
        struct conf_span at;
        const char *text;
        const char *refused; /* NULL: it is proven */
    } rows[] = {
        { "a value", "a=1\nb=2\nc=3\n", { 0, 6, 1, 2 }, "longer", NULL },
        { "an empty one", "a=1\nb=\nc=3\n", { 0, 6, 0, 2 }, "2", NULL },
        { "a line", "a=1\nb=2\n", { 0, 3, 0, 1 }, "\nx=y", NULL },
        { "a value that cuts off",
          "a=1\nb=2\n",
          { 0, 2, 1, 1 },
          "1\nx=",
          ":2" },
        { "a value that swallows", "a=1\nb=2\n", { 0, 2, 2, 1 }, "7", ":1" },
        { "a name", "a=1\nb=2\n", { 0, 4, 1, 2 }, "x", ":2" },
        { "a line that is a comment now",
          "a=1\nb=2\n",
          { 0, 4, 0, 2 },
          "#",
          ":2" },
        { "a line that is one no longer",
          "a=1\n#b=2\n",
          { 0, 4, 1, 2 },
          "",
          ":2" },
        { "half a line in front", "a=1\nb=2\n", { 0, 4, 0, 2 }, "x", ":2" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct server_conf conf = conf_of(rows[i].before);
        struct conf_edits edits = { .len = 0 };
        struct err err = { ERR_NONE, "" };
        conf_edits_put(arena, &edits, rows[i].at, rows[i].text);
        struct conf_settings before = settings_of(rows[i].before);
        struct conf_settings after = settings_of(applied(&conf, &edits));
        bool is_good =
            conf_edits_only(arena, &conf, &edits, &before, &after, &err);
        if (is_good != !rows[i].refused ||
            (!is_good && !strstr(err.text, rows[i].refused)))
            fail_msg("%s: %d %s", rows[i].what, is_good, err.text);
    }
}

static void means_it(void **state)
{
    static const struct {
        const char *what;
        const char *first[2], *other[2]; /* certificate and key afterwards */
        bool is_off, holds;
    } rows[] = {
        { "both", { "/n/c", "/n/k" }, { "/o/c", "/o/k" }, false, true },
        { "shared", { "/n/c", "/n/k" }, { "/n/c", "/n/k" }, false, true },
        { "not", { "/o/c", "/n/k" }, { "/o/c", "/o/k" }, false, false },
        { "half", { "/n/c", "/o/k" }, { "/o/c", "/o/k" }, false, false },
        { "another", { "/n/c", "/n/k" }, { "/x", "/o/k" }, false, false },
        { "none left", { "/n/c", "/n/k" }, { NULL, "/o/k" }, false, false },
        { "off", { "/n/c", "/n/k" }, { "/o/c", "/o/k" }, true, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct server_conf before = conf_of(""), after = before;
        struct tls_place old[] = {
            { .port = 25,
              .cert = { .path = "/o/c" },
              .key = { .path = "/o/k" } },
            { .port = 26,
              .cert = { .path = "/o/c" },
              .key = { .path = "/o/k" } },
        };
        struct tls_place new[] = {
            { .port = 25,
              .is_off = rows[i].is_off,
              .cert = { .path = rows[i].first[0] },
              .key = { .path = rows[i].first[1] } },
            { .port = 26,
              .cert = { .path = rows[i].other[0] },
              .key = { .path = rows[i].other[1] } },
        };
        struct conf_change change = { old, "/n/c", "/n/k", NULL };
        struct err err;
        before.places = old;
        after.places = new;
        before.places_len = after.places_len = 2;
        if (conf_edits_meant(arena, &before, &after, 0, &change, &err) !=
            rows[i].holds)
            fail_msg("%s", rows[i].what);
        after.places_len = 1;
        assert_false(
            conf_edits_meant(arena, &before, &after, 0, &change, &err));
    }
}

/* Of two files: the first, and the one in which a certificate stands. */
static void marks_kept_files(void **state)
{
    static const struct {
        const char *text, *other, *hands_off; /* of the other */
        int port;                             /* that is listened to */
        const char *why;
    } rows[] = {
        { "# DO NOT EDIT this file\n", "", NULL, 25, "/etc/x.conf:1 says" },
        { "", "a = b\n \t# It is Automatically Generated.\n", NULL, 25,
          "/etc/y.conf:2 says" },
        { "", "# do not edit\n", NULL, 26, NULL },
        { "a = b # managed by Certbot\n", "", NULL, 25, NULL },
        { "a = b # do not edit\n", "x = y # do not edit\n", NULL, 25, NULL },
        { "", "", "It is immutable.", 25, "It is immutable." },
        { "", "", "It is immutable.", 26, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct machine_file files[] = {
            { .path = "/etc/x.conf",
              .text = rows[i].text,
              .len = strlen(rows[i].text) },
            { .path = "/etc/y.conf",
              .text = rows[i].other,
              .len = strlen(rows[i].other),
              .hands_off = rows[i].hands_off },
        };
        struct listener l = { .port = (uint16_t)rows[i].port };
        struct tls_place place = {
            .port = 25, .cert = { .setting = "x", .span = { 1, 0, 0, 1 } }
        };
        struct server_conf conf = { .listener = &l,
                                    .files = files,
                                    .files_len = 2,
                                    .places = &place,
                                    .places_len = 1 };
        conf_mark_kept(arena, &conf);
        if (!rows[i].why
                ? conf.print_only != NULL
                : !conf.print_only || !strstr(conf.print_only, rows[i].why))
            fail_msg("row %zu: %s", i, conf.print_only);
    }
}

static void say_value(const struct server_conf *conf, const char *what,
                      const struct conf_value *v)
{
    printf("%s\t%s\t%s\t%s:%zu\t%s\n", what, v->setting ? v->setting : "-",
           v->path ? v->path : "-",
           v->setting && !v->is_default ? conf->files[v->span.file].path : "-",
           v->span.line, v->doubt ? v->doubt : "-");
}

static void say_words(const char *what, const char *const *words)
{
    printf("%s", what);
    for (; words && *words; words++)
        printf("\t%s", *words);
    printf("\n");
}

/* Bytes in hexadecimal: a text may hold any. */
static void say_edit(const struct server_conf *conf, const struct conf_edit *e)
{
    printf("edit\t%s\t%zu\t%zu\t", conf->files[e->span.file].path, e->span.at,
           e->span.len);
    for (size_t i = 0; i < e->text_len; i++)
        printf("%02x", (unsigned)(unsigned char)e->text[i]);
    printf("\n");
}

static bool change_it(const struct server_conf *conf,
                      const struct conf_change *change, struct err *err)
{
    struct conf_edits edits = { .len = 0 };
    const struct conf_trial trial = { conf, change, &edits };
    bool was_asked = false;

    if (!conf->kind->edit(arena, conf, change, &edits, err))
        return false;
    for (size_t i = 0; i < edits.len; i++)
        say_edit(conf, &edits.items[i]);
    if (!conf_scratch_ask(arena, &trial, &was_asked, err))
        return err_add(err, "it does not hold");
    printf("holds\t%s\n", was_asked ? "asked" : "not asked");
    return true;
}

static bool carry_out(char **argv, struct err *err)
{
    struct listener l = { .port = (uint16_t)atoi(argv[3]),
                          .address = "0.0.0.0",
                          .pid = getpid(),
                          .program = argv[2],
                          .argv = (const char *const *)argv + 7,
                          .root = "/" };
    const char *sni = strcmp(argv[4], "-") == 0 ? NULL : argv[4];
    struct server_conf conf = { .kind = NULL };

    if (!server_conf_read(arena, &l, &conf, err))
        return false;
    const struct tls_place *place = tls_place_for(&conf, l.port, sni);
    printf("read\t%s\t%s\t%s\t%s\n", conf.kind->software,
           conf.version ? conf.version : "-", conf.dir,
           conf.print_only ? conf.print_only : "-");
    say_words("check", conf.kind->check(arena, &conf));
    say_words("reload", conf.kind->reload(arena, &conf));
    for (size_t i = 0; i < conf.places_len; i++)
        printf("place\t%d\t%s\t%s\n", (int)conf.places[i].port,
               conf.places[i].sni ? conf.places[i].sni : "-",
               conf.places[i].is_off ? "off" : "on");
    if (!place)
        return err_set(err, ERR_INPUT, "there is no such place");
    say_value(&conf, "cert", &place->cert);
    say_value(&conf, "key", &place->key);
    struct conf_change change = { place, argv[5], argv[6], NULL };
    return change_it(&conf, &change, err);
}

static int for_live_test(char **argv)
{
    struct err err;
    int status = 0;

    arena = arena_new();
    if (chroot(argv[1]) != 0 || chdir("/") != 0) {
        perror(argv[1]);
        return 2;
    }
    if (!carry_out(argv, &err)) {
        printf("refused\t%s\n", err.text);
        status = 1;
    }
    arena_free(arena);
    return status;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(puts_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(proves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(means_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(marks_kept_files, set_up, tear_down),
    };

    if (argc > 7)
        return for_live_test(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
