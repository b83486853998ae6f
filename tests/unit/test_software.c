/* Which program answers, and which ones the user may name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "advise/software.h"

static void software_is_read(void **state)
{
    static const struct {
        const char *text;
        size_t len; /* 0: refused */
    } rows[] = {
        { "postfix", 1 }, { "postfix,dovecot", 2 }, { "", 0 },
        { "Postfix", 0 }, { "postfix,", 0 },        { ",postfix", 0 },
        { "postfi", 0 },  { "postfixx", 0 },        { "mailcow", 1 },
    };
    struct arena *a = arena_new();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct names_list list = { 0 };
        struct err err = { ERR_NONE, "" };
        bool read = software_read(a, rows[i].text, &list, &err);
        if (read != (rows[i].len > 0) || list.len != rows[i].len)
            fail_msg("\"%s\": %zu names, not %zu", rows[i].text, list.len,
                     rows[i].len);
        if (!read && !strstr(err.text, "dovecot"))
            fail_msg("\"%s\": the known ones are not listed: %s", rows[i].text,
                     err.text);
    }
    arena_free(a);
}

static void software_is_recognised(void **state)
{
    static const struct {
        const char *banner, *name;
    } rows[] = {
        { "220 mail.example.com ESMTP Postfix (Debian/GNU)", "postfix" },
        { "220 mail.example.com ESMTP Postcow", "mailcow" },
        { "* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.", "dovecot" },
        { "220 mail.example.com ESMTP Exim 4.96 Mon, 23 Nov 2026", "exim" },
        { "220-s.example.net ESMTP Exim 4.98 #2\n220-We do not authorize the "
          "use of this system to transport unsolicited,",
          "cpanel" },
        { "220 s.example.net Microsoft ESMTP MAIL Service ready", "exchange" },
        { "+OK The Microsoft Exchange POP3 service is ready.", "exchange" },
        { "220 mail.example.com ESMTP OpenSMTPD", "opensmtpd" },
        { "220 mail.example.com ESMTP", NULL },
        { "* OK IMAP4 ready", NULL },
        { "", NULL },
        { NULL, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cell c = { .banner = rows[i].banner };
        const char *name = software_of(&c);
        const char *want = rows[i].name;
        if ((name == NULL) != (want == NULL) ||
            (name && strcmp(name, want) != 0))
            fail_msg("\"%s\": %s, not %s", rows[i].banner, name, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(software_is_read),
        cmocka_unit_test(software_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
