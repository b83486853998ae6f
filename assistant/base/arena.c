#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

/* Under AddressSanitizer every piece is a block of its own, so that a write
 * past its end is caught. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_ALONE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define EACH_ALONE 1
#endif

#ifdef EACH_ALONE
enum { BLOCK_SIZE = 0, ALIGN = 1 };
#else
enum { BLOCK_SIZE = 16 * 1024, ALIGN = sizeof(max_align_t) };
#endif

struct block {
    struct block *next;
    size_t used, size; /* bytes of data[] */
    max_align_t data[];
};

struct arena {
    struct block *blocks; /* the newest first */
};

struct arena *arena_new(void)
{
    return memory_get_zeroed(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        memory_release(b);
    }
    memory_release(a);
}

void arena_free_wiped(struct arena *a)
{
    for (struct block *b = a ? a->blocks : NULL; b; b = b->next)
        explicit_bzero(b->data, b->size);
    arena_free(a);
}

static struct block *add_block(struct arena *a, size_t need)
{
    size_t size = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    struct block *b = memory_get_zeroed(1, sizeof *b + size);

    b->size = size;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX / 2 - ALIGN) / size)
        memory_is_out();
    size_t need = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    struct block *b = a->blocks;
    if (!b || b->size - b->used < need || !BLOCK_SIZE)
        b = add_block(a, need);
    void *p = (char *)b->data + b->used;
    b->used += need;
    return p;
}

void *arena_grow(struct arena *a, const void *items, size_t len, size_t size)
{
    bool full = len == 0 || (len >= 4 && (len & (len - 1)) == 0);
    void *same;

    memcpy(&same, &items, sizeof same);
    if (!full)
        return same;
    void *bigger = arena_alloc(a, len < 4 ? 4 : 2 * len, size);
    if (len)
        memcpy(bigger, items, len * size);
    return bigger;
}

void *arena_copy(struct arena *a, const void *bytes, size_t len)
{
    void *p = arena_alloc(a, len + 1, 1);

    if (len)
        memcpy(p, bytes, len);
    return p;
}

const char *arena_text_n(struct arena *a, const char *text, size_t len)
{
    return arena_copy(a, text, len);
}

const char *arena_text(struct arena *a, const char *text)
{
    return text ? arena_copy(a, text, strlen(text)) : NULL;
}

const char *arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        memory_is_out();
    char *text = arena_alloc(a, (size_t)len + 1, 1);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    return text;
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *text = arena_vprintf(a, fmt, args);
    va_end(args);
    return text;
}

const char *arena_printable(struct arena *a, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    bool cut = len > ARENA_PRINTABLE_MAX;
    size_t left = cut ? ARENA_PRINTABLE_MAX : len;
    char *out = arena_alloc(a, left + 4, 1);
    size_t at = 0;

    while (left) {
        uint32_t point = 0;
        size_t n = utf8_read(p, left, &point);
        if (n && utf8_is_harmless(point)) {
            memcpy(out + at, p, n);
            at += n;
        } else {
            out[at++] = '?';
        }
        n = n ? n : 1;
        p += n;
        left -= n;
    }
    if (cut)
        memcpy(out + at, "...", 3);
    return out;
}
