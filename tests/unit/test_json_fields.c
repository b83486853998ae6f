#include "base/json_fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum colour { RED, GREEN };

static const struct word colours[] = { { "red", RED },
                                       { "green", GREEN },
                                       { NULL, 2 } };

struct part {
    const char *name;
    int32_t size;
};

struct thing {
    const char *text, *maybe, *path, *mended, *young;
    bool yes;
    uint16_t port;
    uint32_t ttl_s;
    int64_t when;
    enum colour colour;
    struct text_list words;
    const size_t *indices;
    size_t indices_len;
    const uint8_t *bytes;
    size_t bytes_len;
    struct part part, rare;
    struct part *parts;
    size_t parts_len;
};

static const struct json_field part_fields[] = {
    JSON_FIELD_TEXT("name", struct part, name, JSON_OR_NULL),
    JSON_FIELD_NUMBER("size", struct part, size, -5, INT32_MAX),
    JSON_FIELDS_END,
};

static const struct json_field fields[] = {
    JSON_FIELD_SCHEMA("thing/1"),
    JSON_FIELD_TEXT("text", struct thing, text, 0),
    JSON_FIELD_TEXT("maybe", struct thing, maybe, JSON_OR_NULL),
    JSON_FIELD_TEXT("path", struct thing, path, JSON_AS_IS),
    JSON_FIELD_TEXT("mended", struct thing, mended, JSON_MENDED),
    JSON_FIELD_TEXT("young", struct thing, young, JSON_NOT_EMPTY),
    JSON_FIELD_BOOL("yes", struct thing, yes, JSON_YOUNGER),
    JSON_FIELD_NUMBER("port", struct thing, port, 0, UINT16_MAX),
    JSON_FIELD_NUMBER("ttl_s", struct thing, ttl_s, 0, UINT32_MAX),
    JSON_FIELD_NUMBER("when", struct thing, when, -9, (int64_t)JSON_INT_MAX),
    JSON_FIELD_WORD("colour", struct thing, colour, colours),
    JSON_FIELD_TEXTS("words", struct thing, words.text, words.len, 0),
    JSON_FIELD_INDICES("indices", struct thing, indices, indices_len),
    JSON_FIELD_BYTES("bytes", struct thing, bytes, bytes_len, 3, 0),
    JSON_FIELD_OBJECT("part", struct thing, part, part_fields, 0),
    JSON_FIELD_OBJECT("rare", struct thing, rare, part_fields, JSON_NOT_EMPTY),
    JSON_FIELD_LIST("parts", struct thing, parts, parts_len, part_fields),
    JSON_FIELDS_END,
};

#define HEAD                                                                   \
    "{\"schema\":\"thing/1\",\"text\":\"t\",\"maybe\":null,\"path\":\"/"       \
    "x\\n\","
#define NUMBERS "\"port\":65535,\"ttl_s\":4294967295,\"when\":9007199254740991,"
#define LISTS                                                                  \
    "\"colour\":\"green\",\"words\":[\"a\",\"b\"],\"indices\":[7,0],"          \
    "\"bytes\":\"Zm9v\",\"part\":{\"name\":null,\"size\":-5},"
#define PARTS                                                                  \
    "\"parts\":[{\"name\":\"p\",\"size\":2147483647},"                         \
    "{\"name\":\"q\",\"size\":0}]}\n"

/* What is read is written again to the letter. */
static const char full[] =
    HEAD "\"mended\":\"m\",\"young\":\"y\",\"yes\":true," NUMBERS LISTS
         "\"rare\":{\"name\":\"r\",\"size\":1}," PARTS;

static const char *swapped(struct arena *a, const char *from, const char *to)
{
    const char *at = strstr(full, from);

    if (!at)
        fail_msg("\"%s\" is not in the text", from);
    return arena_printf(a, "%.*s%s%s", (int)(at - full), full, to,
                        at + strlen(from));
}

static bool read_thing(struct arena *a, const char *text, struct thing *out,
                       struct err *err)
{
    struct json_reader r = { .arena = a, .path = "x.json", .err = err };
    struct json *j = NULL;

    if (!json_parse(a, text, strlen(text), "x.json", &j, err))
        fail_msg("%s", err->text);
    return json_fields_read(&r, j, fields, out);
}

static const char *written(struct arena *a, const struct thing *t)
{
    struct json *j = json_object(a);
    struct buf out;

    json_fields_write(a, j, fields, t);
    buf_init(&out, a, 1 << 16);
    json_print(j, false, &out);
    return out.text;
}

/* One text replaced by another; `back` as it is written, NULL: as read. */
static const struct {
    const char *what, *from, *to, *back_from, *back_to;
} taken[] = {
    { "everything", "thing", "thing", NULL, NULL },
    { "no young text", "\"young\":\"y\",", "", NULL, NULL },
    { "no young object", "\"rare\":{\"name\":\"r\",\"size\":1},", "", NULL,
      NULL },
    { "a young bool is written all the same", "\"yes\":true,", "",
      "\"yes\":true", "\"yes\":false" },
    { "a number below zero", "\"when\":9007199254740991", "\"when\":-9", NULL,
      NULL },
    { "no items", "[\"a\",\"b\"]", "[]", NULL, NULL },
    { "a text to be mended", "\"m\"", "\"m\\n\"", "\"m\"", "\"m?\"" },
};

static void test_taken(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct thing t = { 0 };
        struct err err = { 0 };
        const char *text = swapped(a, taken[i].from, taken[i].to);
        const char *back = taken[i].back_from ? swapped(a, taken[i].back_from,
                                                        taken[i].back_to)
                                              : text;
        if (!read_thing(a, text, &t, &err))
            fail_msg("%s: %s", taken[i].what, err.text);
        if (strcmp(written(a, &t), back) != 0)
            fail_msg("%s: wrote %s, wanted %s", taken[i].what, written(a, &t),
                     back);
    }
    arena_free(a);
}

static void test_values(void **state)
{
    struct arena *a = arena_new();
    struct thing t = { 0 };
    struct err err = { 0 };

    (void)state;
    assert_true(read_thing(a, full, &t, &err));
    assert_string_equal(t.path, "/x\n");
    assert_null(t.maybe);
    assert_int_equal(t.port, UINT16_MAX);
    assert_int_equal(t.ttl_s, UINT32_MAX);
    assert_int_equal(t.colour, GREEN);
    assert_string_equal(t.words.text[1], "b");
    assert_int_equal(t.indices[0], 7);
    assert_memory_equal(t.bytes, "foo", 3);
    assert_int_equal(t.part.size, -5);
    assert_int_equal(t.parts_len, 2);
    assert_string_equal(t.parts[1].name, "q");
    arena_free(a);
}

static const struct {
    const char *what, *from, *to, *why;
} refused[] = {
    { "another schema", "thing/1", "thing/2",
      "x.json: \"schema\" has to be \"thing/1\"" },
    { "no text", "\"text\":\"t\",", "", "x.json: \"text\" is missing" },
    { "null for text", "\"text\":\"t\"", "\"text\":null", "\"text\"" },
    { "no null", "\"maybe\":null,", "", "\"maybe\" is missing" },
    { "an escape byte", "\"t\"", "\"\\u001b[2J\"",
      "\"text\" holds characters" },
    { "an escape byte in a list", "[\"a\"", "[\"\\u001b[2J\"",
      "\"words\" holds characters" },
    { "a number in a list", "[\"a\"", "[1", "\"words\" has a member" },
    { "a bool that is text", "\"yes\":true", "\"yes\":\"true\"", "\"yes\"" },
    { "too large", "65535", "65536", "\"port\" is out of range" },
    { "too small", "\"when\":9007199254740991", "\"when\":-10",
      "\"when\" is out of range" },
    { "half a number", "65535", "1.5", "\"port\"" },
    { "an unknown word", "green", "blue", "\"colour\" is an unknown word" },
    { "half an index", "[7,", "[7.5,", "\"indices\"" },
    { "an index below 0", "[7,", "[-7,", "\"indices\"" },
    { "no base64", "Zm9v", "Zm9", "\"bytes\" is not base64" },
    { "too many bytes", "Zm9v", "Zm9vZm9v", "\"bytes\" is too long" },
    { "an object that is text", "{\"name\":null,\"size\":-5}", "\"x\"",
      "\"part\"" },
    { "a fault in a list", "\"size\":0", "\"size\":-6",
      "x.json: parts[1]: \"size\" is out of range" },
    { "a list of texts", "[{\"name\":\"p\"", "[\"\",{\"name\":\"p\"",
      "\"parts\" has a member" },
};

static void test_refused(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct thing t = { 0 };
        struct err err = { 0 };
        const char *text = swapped(a, refused[i].from, refused[i].to);
        if (read_thing(a, text, &t, &err))
            fail_msg("%s: was taken", refused[i].what);
        if (!strstr(err.text, refused[i].why))
            fail_msg("%s: said \"%s\", wanted \"%s\"", refused[i].what,
                     err.text, refused[i].why);
    }
    arena_free(a);
}

/* What the caller finds out: the first fault is the one that is told. */
static void test_fault(void **state)
{
    struct err err = { 0 };
    struct json_reader r = { .path = "x.json", .err = &err };

    (void)state;
    json_fields_fault(&r, "parts", 3, "name", "is taken");
    json_fields_fault(&r, NULL, 0, "text", "is odd");
    assert_true(r.failed);
    assert_string_equal(err.text, "x.json: parts[3]: \"name\" is taken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
