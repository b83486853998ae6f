#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 128 };

void buf_init(struct buf *b, struct arena *a, size_t max)
{
    size_t room = max + 1 < FIRST_ROOM ? max + 1 : FIRST_ROOM;

    *b = (struct buf){ .arena = a, .max = max, .room = room };
    b->text = arena_alloc(a, room, 1);
}

static void make_room(struct buf *b, size_t need)
{
    size_t room = b->room;

    if (need <= room)
        return;
    while (room < need)
        room *= 2;
    char *bigger = arena_alloc(b->arena, room, 1);
    memcpy(bigger, b->text, b->len + 1);
    b->text = bigger;
    b->room = room;
}

void buf_bytes(struct buf *b, const void *bytes, size_t len)
{
    if (len > b->max - b->len) {
        b->full = true;
        len = b->max - b->len;
    }
    if (!len)
        return;
    make_room(b, b->len + len + 1);
    memcpy(b->text + b->len, bytes, len);
    b->len += len;
    b->text[b->len] = '\0';
}

void buf_text(struct buf *b, const char *text)
{
    buf_bytes(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
    buf_bytes(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len <= 0)
        return;
    size_t fits = b->max - b->len;
    if ((size_t)len > fits)
        b->full = true;
    size_t take = (size_t)len > fits ? fits : (size_t)len;
    make_room(b, b->len + take + 1);
    va_start(args, fmt);
    vsnprintf(b->text + b->len, take + 1, fmt, args);
    va_end(args);
    b->len += take;
}

void buf_eat(struct buf *b, size_t len)
{
    size_t drop = len < b->len ? len : b->len;

    memmove(b->text, b->text + drop, b->len - drop + 1);
    b->len -= drop;
}
