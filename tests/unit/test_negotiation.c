/*
 * Transcripts of dialogues, tests/dialogue/<family>/<what>.script:
 *
 *     S: text     the peer says this line      s: text   without its line end
 *     C: text     we have said this line       E: word   the end came from
 * outside = word text what is known at last ("-": NULL)
 *
 * within_* is said inside TLS from the first byte, again_* inside TLS behind a
 * go-ahead. Text may hold \r \n \0 \xHH. What the peer says in one go is fed at
 * once, and a second time byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/negotiation.h"

struct script {
    const char *path;
    struct arena *arena;
    struct negotiation d;
    struct buf pending; /* said by the peer, not fed yet */
    bool by_bytes;
    size_t capabilities; /* seen to be right */
    int line;
};

static const struct word state_words[] = {
    { "talking", NEGOTIATION_TALKING },
    { "go", NEGOTIATION_GO },
    { "over", NEGOTIATION_OVER },
    { NULL, -1 },
};

static void feed(struct script *s)
{
    size_t step = s->by_bytes ? 1 : s->pending.len;

    for (size_t i = 0; i < s->pending.len; i += step)
        negotiation_feed(&s->d, s->pending.text + i, step);
    buf_eat(&s->pending, s->pending.len);
}

static void unescape(const char *text, struct buf *out)
{
    static const struct word escapes[] = {
        { "r", '\r' }, { "n", '\n' }, { "0", '\0' }, { NULL, -1 }
    };

    for (; *text; text++) {
        char name[2] = { text[1], '\0' };
        int c = *text == '\\' ? table_code(escapes, name) : -1;
        if (*text == '\\' && text[1] == 'x') {
            char hex[3] = { text[2], text[3], '\0' };
            buf_char(out, (char)strtoul(hex, NULL, 16));
            text += 3;
        } else if (c >= 0) {
            buf_char(out, (char)c);
            text++;
        } else {
            buf_char(out, *text);
        }
    }
}

static void same(struct script *s, const char *seen, const char *wanted)
{
    if (strcmp(seen ? seen : "-", wanted) != 0)
        fail_msg("%s:%d: \"%s\" instead of \"%s\"", s->path, s->line,
                 seen ? seen : "-", wanted);
}

static void we_say(struct script *s, const char *text)
{
    bool tags = s->d.protocol->shape == CAPABILITY_TAGS;
    struct buf wanted;

    buf_init(&wanted, s->arena, 1000);
    unescape(text, &wanted);
    buf_text(&wanted, tags ? "" : "\r\n");
    feed(s);
    same(s, s->d.out.text, wanted.text);
    negotiation_sent(&s->d, s->d.out.len);
}

static void capability(struct script *s, const char *text)
{
    size_t at = s->capabilities++;

    same(s, at < s->d.capabilities_len ? s->d.capabilities[at] : NULL, text);
}

static void expect(struct script *s, const char *line)
{
    const struct negotiation *d = &s->d;

    feed(s);
    const struct {
        const char *name, *seen;
    } facts[] = {
        { "state", table_text(state_words, (int)d->state) },
        { "greeting", table_text(outcome_words, (int)d->greeting.outcome) },
        { "starttls", table_text(outcome_words, (int)d->starttls.outcome) },
        { "greeting_detail", d->greeting.detail },
        { "starttls_detail", d->starttls.detail },
        { "banner", d->banner },
        { "greeted_as", d->greeted_as },
    };
    size_t word = strcspn(line, " ");
    const char *wanted = line[word] ? line + word + 1 : "";

    if (strncmp(line, "capability ", word + 1) == 0) {
        capability(s, wanted);
        return;
    }
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (strlen(facts[i].name) == word &&
            strncmp(facts[i].name, line, word) == 0) {
            same(s, facts[i].seen, wanted);
            return;
        }
    fail_msg("%s:%d: not understood", s->path, s->line);
}

static void perform(struct script *s, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    const char *text = strlen(line) > 3 ? line + 3 : "";

    if (strncmp(line, "S:", 2) == 0 || strncmp(line, "s:", 2) == 0)
        unescape(text, &s->pending);
    if (strncmp(line, "S:", 2) == 0)
        buf_text(&s->pending, "\r\n");
    if (strncmp(line, "C:", 2) == 0)
        we_say(s, text);
    if (strncmp(line, "E:", 2) == 0) {
        feed(s);
        negotiation_end(&s->d, (enum outcome)table_code(outcome_words, text),
                        NULL);
    }
    if (strncmp(line, "= ", 2) == 0)
        expect(s, line + 2);
}

static void play(const char *path, bool by_bytes)
{
    struct arena *a = arena_new();
    struct script s = { .path = path, .arena = a, .by_bytes = by_bytes };
    const char *family = strstr(path, "dialogue/") + strlen("dialogue/");
    const struct protocol *p =
        protocol_find(arena_text_n(a, family, strcspn(family, "/")));
    char line[1000];
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    assert_non_null(p);
    bool within = strstr(path, "/within_"), again = strstr(path, "/again_");
    if (within || again)
        negotiation_start_inside(&s.d, a, p, "client.example.org", within);
    else
        negotiation_start(&s.d, a, p, "client.example.org");
    buf_init(&s.pending, a, 10000);
    for (s.line = 1; fgets(line, sizeof line, f); s.line++)
        perform(&s, line);
    fclose(f);
    same(&s, s.d.out.text, "");
    if (s.capabilities && s.capabilities != s.d.capabilities_len)
        fail_msg("%s: %zu capabilities instead of %zu", path,
                 s.d.capabilities_len, s.capabilities);
    arena_free(a);
}

static void at_once(void **state)
{
    play(*state, false);
}

/* What comes behind the go-ahead is not seen then: TLS has it. */
static void byte_by_byte(void **state)
{
    if (!strstr(*state, "injected"))
        play(*state, true);
}

static void too_much(void **state)
{
    static const struct {
        const char *what, *family, *first, *again;
    } rows[] = {
        { "a tag without end", "xmpp", "<stream:stream ", "x" },
        { "a quote without end", "xmpp", "<stream:stream a='", ">" },
        { "features without end", "xmpp", "<stream:stream><stream:features>",
          "<a>" },
        { "text without end", "xmpp", "<stream:stream><stream:features>", "x" },
        { "a line without end", "smtp", "220 ", "x" },
        { "a greeting without end", "smtp", "220-a\r\n", "220-b\r\n" },
        { "long lines without end", "smtp", "220-a\r\n",
          "220-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new();
        struct negotiation d;
        negotiation_start(&d, a, protocol_find(rows[i].family),
                          "c.example.org");
        negotiation_feed(&d, rows[i].first, strlen(rows[i].first));
        for (int n = 0; n < 10000; n++)
            negotiation_feed(&d, rows[i].again, strlen(rows[i].again));
        if (d.greeting.outcome != OUTCOME_PROTOCOL_ERROR)
            fail_msg("%s: %s", rows[i].what,
                     table_text(outcome_words, (int)d.greeting.outcome));
        arena_free(a);
    }
}

static void text_first(void **state)
{
    static const struct {
        const char *what, *bytes;
        size_t len;
        bool text;
    } rows[] = {
        { "a greeting", "220 mail", 8, true },
        { "IMAP", "* OK \xc3\xa4", 7, false },
        { "a TLS alert", "\x15\x03\x01\x00\x02\x02\x28", 7, false },
        { "nothing", "", 0, false },
        { "too little", "22", 2, false },
        { "a line end", "+OK\r\n", 5, true },
        { "MySQL", "J\0\0\0\n5.5", 8, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (negotiation_text_first(rows[i].bytes, rows[i].len) != rows[i].text)
            fail_msg("%s: not %d", rows[i].what, rows[i].text);
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(too_much),
        cmocka_unit_test(text_first),
    };
    const char *tests = getenv("CERTMEND_TESTS");
    char pattern[1000];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/dialogue/*/*.script",
             tests ? tests : "tests");
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "no transcripts at %s\n", pattern);
        return 1;
    }
    struct CMUnitTest *all = calloc(2 * found.gl_pathc, sizeof *all);
    for (size_t i = 0; all && i < found.gl_pathc; i++) {
        char *path = found.gl_pathv[i];
        all[2 * i] = (struct CMUnitTest){ path, at_once, NULL, NULL, path };
        all[2 * i + 1] =
            (struct CMUnitTest){ path, byte_by_byte, NULL, NULL, path };
    }
    int failed = _cmocka_run_group_tests("transcripts", all, 2 * found.gl_pathc,
                                         NULL, NULL);
    free(all);
    globfree(&found);
    return failed + cmocka_run_group_tests_name("dialogue", others, NULL, NULL);
}
