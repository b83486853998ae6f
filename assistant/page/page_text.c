#include "page/page_text.h"

#include <string.h>

/* A text of a peer may be long; the rest of it is folded as the browser likes.
 */
enum { PIECES_MAX = 200, JOINED_MAX = 4000 };

static bool is_of_word(char c)
{
    return c && !strchr(" \t\n.,;:()\"'", c);
}

/* Behind the dot or hyphen at `at`, inside a word. */
static bool may_fold(const char *text, size_t at)
{
    return (text[at] == '.' || text[at] == '-') && at > 0 &&
           (is_of_word(text[at - 1])) && is_of_word(text[at + 1]);
}

static void add_piece(struct arena *a, struct json *list, const char *text,
                      bool fold)
{
    struct json *o = json_add_object(a, list);

    json_put_text(a, o, "text", text);
    json_put_bool(a, o, "fold", fold);
}

void page_put_pieces(struct arena *a, struct json *o, const char *key,
                     const char *text)
{
    struct json *list = NULL;
    size_t from = 0;

    if (!text) {
        json_put_text(a, o, key, NULL);
        return;
    }
    list = json_put_array(a, o, key);
    for (size_t i = 0; text[i] && list->len < PIECES_MAX; i++)
        if (may_fold(text, i)) {
            add_piece(a, list, arena_text_n(a, text + from, i + 1 - from),
                      true);
            from = i + 1;
        }
    if (text[from])
        add_piece(a, list, text + from, false);
}

void page_add_named(struct arena *a, struct json *list, const char *text)
{
    struct json *o = json_add_object(a, list);

    page_put_pieces(a, o, "pieces", text);
    json_put_text(a, o, "text", text);
}

void page_put_is(struct arena *a, struct json *o, const char *key,
                 const char *word)
{
    struct json *is = json_put_object(a, o, key);

    if (word)
        json_put_bool(a, is, word, true);
}

const char *page_joined(struct arena *a, const struct text_list *list)
{
    struct buf out;

    buf_init(&out, a, JOINED_MAX);
    text_list_tell(&out, list->text, list->len);
    return out.len ? out.text : NULL;
}

const char *page_capital(struct arena *a, const char *text)
{
    bool low = *text >= 'a' && *text <= 'z';

    return low ? arena_printf(a, "%c%s", *text - 'a' + 'A', text + 1) : text;
}
