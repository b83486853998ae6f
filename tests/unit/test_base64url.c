#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"

static void test_base64url(void **state)
{
    static const struct {
        const char *text;
        bool good;
        size_t len;
    } rows[] = {
        { "", true, 0 },       { "AA", true, 1 },    { "AAA", true, 2 },
        { "-_-_", true, 3 },   { "A", false, 0 },    { "AB", false, 0 },
        { "AA==", false, 0 },  { "+/+/", false, 0 }, { "AA\n", false, 0 },
        { "AAAAA", false, 0 }, { "A A", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t *bytes = NULL;
        size_t len = 0;
        bool good = base64url_read(arena, rows[i].text, &bytes, &len);
        if (good != rows[i].good || (good && len != rows[i].len))
            fail_msg("\"%s\": %d, %zu bytes", rows[i].text, good, len);
        if (good)
            assert_string_equal(base64url_text(arena, bytes, len),
                                rows[i].text);
    }
    assert_false(base64url_letters(""));
    assert_false(base64url_letters("../x"));
    assert_true(base64url_letters("a-Z_0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64url),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
