#include "facts/rotation.h"

#include <string.h>

#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/validity.h"

/* A target is looked at as a host and again as a domain; the rest of a saved
 * survey that holds more is not read. */
enum { LOOKS_MAX = 2 * (1 + ROTATION_LOOKS) };

static bool same_place(const struct cell *a, const struct cell *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0 &&
           strcmp(a->address, b->address) == 0;
}

static bool same_kind(const struct cell *a, const struct cell *b)
{
    bool same_sni =
        a->sni && b->sni ? strcmp(a->sni, b->sni) == 0 : a->sni == b->sni;

    return same_sni && a->key_type == b->key_type;
}

bool rotation_same_look(const struct survey *s, const struct cell *a,
                        const struct cell *b)
{
    return same_place(a, b) && same_kind(a, b) && cell_leaf(s, a) &&
           cell_leaf(s, b) && strcmp(a->service, b->service) == 0;
}

/* ---- is there a sign? ---- */

static bool is_wrong_or_due(const struct survey *s, const struct cell *c)
{
    return cell_state(s, c) == STATE_FAULTY ||
           validity_is_due(s, cell_leaf(s, c));
}

/* Web servers have their own certificate as a rule. */
static bool is_mail(const struct cell *c)
{
    const struct service *at = service_find(c->service);

    return at && strcmp(at->family, "http") != 0;
}

/* A default certificate for another name is what SNI is for; one for this name
 * explains nothing. */
static bool is_comparable(const struct cell *a, const struct cell *b)
{
    bool near = a->port == b->port || strcmp(a->address, b->address) == 0;

    if (same_kind(a, b))
        return near;
    const struct cell *bare = a->sni ? b : a;
    return same_place(a, b) && a->key_type == b->key_type &&
           (a->sni == NULL) != (b->sni == NULL) && bare->verdict.name_ok;
}

static bool disagree(const struct survey *s, const struct cell *a,
                     const struct cell *b)
{
    return cell_leaf(s, b) && is_mail(b) && strcmp(a->host, b->host) == 0 &&
           a->chain[0] != b->chain[0] && is_comparable(a, b) &&
           (is_wrong_or_due(s, a) || is_wrong_or_due(s, b));
}

bool rotation_is_suspected(const struct survey *s, const struct cell *c)
{
    if (!c->asked || !cell_leaf(s, c) || !is_mail(c))
        return false;
    for (size_t i = 0; i < s->cells_len; i++)
        if (s->cells[i].asked && disagree(s, c, &s->cells[i]))
            return true;
    return false;
}

/* ---- do they come in turn? ---- */

/* One came, then another, then the first again. */
static bool came_back(const struct survey *s, const size_t *looks, size_t len)
{
    bool left = false;

    if (len < 3)
        return false;
    for (size_t i = 1; i < len; i++) {
        bool is_first =
            s->cells[looks[i]].chain[0] == s->cells[looks[0]].chain[0];
        if (left && is_first)
            return true;
        left = left || !is_first;
    }
    return came_back(s, looks + 1, len - 1);
}

/* The further looks were taken in one moment, in no order. */
static bool differ_at_once(const struct survey *s, const size_t *looks,
                           size_t len)
{
    if (len <= ROTATION_LOOKS)
        return false;
    for (size_t i = len - ROTATION_LOOKS + 1; i < len; i++)
        if (s->cells[looks[i]].chain[0] != s->cells[looks[i - 1]].chain[0])
            return true;
    return false;
}

bool rotation_is_here(const struct survey *s, const struct cell *c)
{
    size_t looks[LOOKS_MAX], len = 0;

    if (!client_view(s, c) || c->key_type != KEY_UNKNOWN)
        return false;
    for (size_t i = 0; i < s->cells_len && len < LOOKS_MAX; i++)
        if (rotation_same_look(s, c, &s->cells[i]))
            looks[len++] = i;
    return came_back(s, looks, len) || differ_at_once(s, looks, len);
}

/* ---- which one belongs there? ---- */

/* A place has one way in which clients look at it. */
static const struct cell *turn_of(const struct survey *s, const struct cell *c)
{
    for (size_t i = 0; i < s->cells_len; i++)
        if (same_place(&s->cells[i], c) && rotation_is_here(s, &s->cells[i]))
            return &s->cells[i];
    return NULL;
}

const struct cell *rotation_best(const struct survey *s, const struct cell *c)
{
    const struct cell *turn = cell_leaf(s, c) ? turn_of(s, c) : NULL;
    const struct cell *best = NULL;
    bool is_shown = false;

    for (size_t i = 0; turn && i < s->cells_len; i++) {
        const struct cell *look = &s->cells[i];
        if (!rotation_same_look(s, turn, look))
            continue;
        is_shown = is_shown || look->chain[0] == c->chain[0];
        if (cell_is_clean(s, look) &&
            (!best ||
             cell_leaf(s, look)->not_after > cell_leaf(s, best)->not_after))
            best = look;
    }
    return is_shown ? best : NULL;
}
