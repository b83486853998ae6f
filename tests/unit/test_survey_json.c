#include "model/survey_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base64.h"
#include "sample.h"

static const char *printed(struct arena *a, const struct survey *s)
{
    struct buf out;

    buf_init(&out, a, 1 << 20);
    json_print(survey_to_json(a, s), false, &out);
    return out.text;
}

static bool loaded(struct arena *a, const char *text, struct survey **s,
                   struct err *err)
{
    struct json *j = NULL;

    return json_parse(a, text, strlen(text), "s.json", &j, err) &&
           survey_from_json(a, j, "s.json", s, err);
}

static struct survey *everything(struct arena *a)
{
    static const char *const corrections[] = { "a dot was dropped" };
    static const char *const words[] = { "STARTTLS", "SIZE 1000" };
    static const uint8_t body[] = { 0, 1, 0xff };
    struct survey *s = sample_survey(a);

    s->judged_at += 5;
    s->resolver = "127.0.0.1:5353";
    s->target.corrections = corrections;
    s->target.corrections_len = 1;
    s->target.expected = "ab12";
    s->target.expected_as = (struct target_expected){
        .file = "/x.pem", .serial = "0a", .begins = -1, .ends = 5
    };
    s->cells[0].inside = (struct attempt){ OUTCOME_CLOSED, "bye", 9 };
    s->cells[0].inside_capabilities = words;
    s->cells[0].inside_capabilities_len = 1;
    s->cells[0].capabilities = words;
    s->cells[0].capabilities_len = 2;
    s->cells[0].sni = NULL;
    s->cells[0].key_type = KEY_RSA;
    s->cells[0].staple_asked = true;
    s->cells[0].staple = body;
    s->cells[0].staple_len = sizeof body;
    s->cells[2].asked = false;
    s->certs[1].origin = CERT_ANCHOR;
    survey_fetch_add(s, &(struct fetch){ .url = "http://example.com/x",
                                         .attempt = { OUTCOME_OK, "y", 3 },
                                         .status = 200,
                                         .body = body,
                                         .body_len = sizeof body });
    survey_answer_add(s, &(struct dns_answer){ .name = "example.com",
                                               .type = DNS_CAA,
                                               .outcome = DNS_NODATA,
                                               .security = DNS_BOGUS,
                                               .why = "expired" });
    static const char *ordered[] = { "*.example.com" };
    s->ordered = (struct ordered){ .names = { ordered, 1 },
                                   .authorities = { ordered, 1 },
                                   .method = "dns-01",
                                   .account = "https://ca/1",
                                   .shown = "x" };
    survey_answer_add(s, &(struct dns_answer){ .name = "example.com",
                                               .type = DNS_A,
                                               .outcome = DNS_NODATA,
                                               .server = "192.0.2.53" });
    return s;
}

static void test_round_trip(void **state)
{
    struct arena *a = arena_new();
    struct survey *s = everything(a), *back = NULL;
    struct err err = { 0 };
    const char *once = printed(a, s);

    (void)state;
    if (!loaded(a, once, &back, &err))
        fail_msg("%s", err.text);
    assert_string_equal(printed(a, back), once);
    assert_int_equal(back->judged_at, s->judged_at);
    assert_int_equal(back->cells_len, 3);
    assert_int_equal(back->cells[0].chain[1], 1);
    assert_null(back->cells[0].sni);
    assert_int_equal(back->cells[0].alert, -1);
    assert_false(back->cells[0].verdict.done);
    assert_false(back->cells[2].asked);
    assert_int_equal(back->certs[1].origin, CERT_ANCHOR);
    assert_null(back->certs[0].cert.subject);
    assert_memory_equal(back->certs[0].cert.der, s->certs[0].cert.der,
                        s->certs[0].cert.der_len);
    assert_string_equal(back->answers[0].alias[0], "web.example.net");
    assert_int_equal(back->fetches[0].body_len, 3);
    assert_string_equal(back->target.expected_as.file, "/x.pem");
    assert_string_equal(back->cells[0].inside.detail, "bye");
    assert_int_equal(back->cells[0].inside_capabilities_len, 1);
    assert_true(back->cells[0].staple_asked && !back->cells[1].staple_asked);
    assert_int_equal(back->cells[0].staple_len, sizeof "abc" - 1);
    assert_memory_equal(back->cells[0].staple, "\0\1\377", 3);
    assert_null(back->cells[1].staple);
    arena_free(a);
}

static const char *without(struct arena *a, const char *text, const char *from,
                           const char *to)
{
    const char *start = strstr(text, from);
    const char *end = start ? strstr(start, to) : NULL;

    if (!end)
        fail_msg("\"%s\" ... \"%s\" is not in the file", from, to);
    return arena_printf(a, "%.*s%s", (int)(start - text), text, end);
}

/* A survey from before these members were there. */
static void test_older(void **state)
{
    struct arena *a = arena_new();
    const char *text = printed(a, everything(a));
    struct survey *s = NULL;
    struct err err = { 0 };

    (void)state;
    text = without(a, text, "\"expected\":", "\"host_is_ip\":");
    text = without(a, text, "\"ordered\":", "\"answers\":");
    text = without(a, text, "\"inside\":", "\"banner\":");
    text = without(a, text, "\"inside_capabilities\":", "\"plain_text\":");
    text = without(a, text, ",\"staple_asked\":", "}");
    if (!loaded(a, text, &s, &err))
        fail_msg("%s", err.text);
    assert_null(s->target.expected);
    assert_null(s->target.expected_as.file);
    assert_int_equal(s->ordered.names.len, 0);
    assert_int_equal(s->cells[0].inside.outcome, OUTCOME_NOT_TRIED);
    assert_int_equal(s->cells[0].inside_capabilities_len, 0);
    assert_int_equal(s->cells[0].capabilities_len, 2);
    assert_false(s->cells[0].staple_asked);
    assert_null(s->cells[0].staple);
    arena_free(a);
}

/* The file with one text in it replaced by another. */
static const struct row {
    const char *what, *from, *to, *why;
} rows[] = {
    { "another schema", "certmend.survey/1", "certmend.survey/9",
      "\"schema\"" },
    { "an index too far", "\"chain\":[0,1]", "\"chain\":[0,2]",
      "s.json: cells[0]: \"chain\"" },
    { "an index below 0", "\"chain\":[0,1]", "\"chain\":[-1]", "\"chain\"" },
    { "half an index", "\"chain\":[0,1]", "\"chain\":[0.5]", "\"chain\"" },
    { "an index that is text", "\"chain\":[0,1]", "\"chain\":[\"0\"]",
      "\"chain\"" },
    { "an unknown outcome", "\"refused\"", "\"tired\"",
      "cells[1]: \"outcome\"" },
    { "an unknown type", "\"type\":\"CAA\"", "\"type\":\"CAB\"",
      "answers[1]: \"type\"" },
    { "the word for none", "\"key_type\":\"rsa\"", "\"key_type\":null",
      "\"key_type\"" },
    { "an unknown service", "\"service\":\"imaps\"", "\"service\":\"x\"",
      "cells[2]: \"service\"" },
    { "a port too large", "\"port\":993", "\"port\":65536", "\"port\"" },
    { "half a port", "\"port\":993", "\"port\":1.5", "\"port\"" },
    { "no port", "\"port\":993,", "", "\"port\" is missing" },
    { "a cell that is text", "\"cells\":[", "\"cells\":[\"x\",", "\"cells\"" },
    { "no target", "\"target\"", "\"tarjet\"", "\"target\" is missing" },
    { "no host", "\"host\":\"mail.example.com\",\"domain\"",
      "\"host\":null,\"domain\"", "\"host\"" },
    { "a mail domain without its name", "\"kind\":\"host\"",
      "\"kind\":\"domain\"", "\"domain\" is missing" },
    { "a name that shall be an address", "\"host_is_ip\":false",
      "\"host_is_ip\":true", "\"host_is_ip\"" },
    { "a cell at no address", "\"address\":\"192.0.2.10\"", "\"address\":\"x\"",
      "\"address\"" },
    { "a file among the services", "\"service\":\"submission\"",
      "\"service\":\"file\"", "\"service\"" },
    { "an A record with a name", "\"host\":\"192.0.2.10\"",
      "\"host\":\"example.net\"", "\"records\"" },
    { "bad base64", "\"der\":\"", "\"der\":\"*", "certificates[0]: \"der\"" },
    { "a certificate twice", "{\"origin\":\"anchor\"",
      "{\"origin\":\"sent\",\"der\":\"c2VydmVyNDIuaG9zdGluZy5leGFtcGxlLm5ldA=="
      "\"},"
      "{\"origin\":\"anchor\"",
      "certificates[1]: \"der\"" },
    { "an escape byte", "ESMTP", "\\u001b[2J", "\"banner\"" },
    { "a far future", "\"taken_at\":1795435200", "\"taken_at\":1e15",
      "\"taken_at\"" },
    { "a wrong kind", "\"resolver\":\"127.0.0.1:5353\"", "\"resolver\":7",
      "\"resolver\"" },
};

static const char *swapped(struct arena *a, const char *text,
                           const struct row *r)
{
    const char *at = strstr(text, r->from);

    if (!at)
        fail_msg("%s: \"%s\" is not in the file", r->what, r->from);
    return arena_printf(a, "%.*s%s%s", (int)(at - text), text, r->to,
                        at + strlen(r->from));
}

static void test_refused(void **state)
{
    struct arena *a = arena_new();
    const char *text = printed(a, everything(a));

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct survey *s = NULL;
        struct err err = { 0 };
        if (loaded(a, swapped(a, text, &rows[i]), &s, &err))
            fail_msg("%s: was taken", rows[i].what);
        bool told = strncmp(err.text, "s.json", 6) == 0 &&
                    strstr(err.text, rows[i].why);
        if (!told || s)
            fail_msg("%s: said \"%s\", wanted \"%s\"", rows[i].what, err.text,
                     rows[i].why);
    }
    arena_free(a);
}

static void test_base64(void **state)
{
    static const struct {
        const char *text, *bytes; /* NULL: refused */
    } pairs[] = {
        { "", "" },        { "Zg==", "f" },          { "Zm8=", "fo" },
        { "Zm9v", "foo" }, { "Zm9vYmFy", "foobar" }, { "Zh==", NULL },
        { "Zm9=", NULL },  { "Zg=", NULL },          { "Zg==Zg==", NULL },
        { "====", NULL },  { "Z===", NULL },         { "Zm9v\n", NULL },
        { "Zm-_", NULL },  { "Z=g=", NULL },         { "=Zg=", NULL },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const uint8_t *bytes = NULL;
        size_t len = 0;
        const char *wanted = pairs[i].bytes;
        bool good = base64_read(a, pairs[i].text, &bytes, &len);
        if (good != (wanted != NULL))
            fail_msg("%s: taken %d", pairs[i].text, good);
        if (!good)
            continue;
        assert_int_equal(len, strlen(wanted));
        assert_memory_equal(bytes, wanted, len);
        assert_string_equal(base64_text(a, bytes, len), pairs[i].text);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_older),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_base64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
