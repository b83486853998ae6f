#include "facts/mail_shield.h"

#include <string.h>

#include "facts/mail_places.h"

bool mail_shield_has_mailboxes(const struct survey *s)
{
    for (size_t i = 0; s->ways && i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        bool reads = way->family == WAY_IMAP || way->family == WAY_POP;
        if (reads && (way->published_at || mail_way_state(s, way) >= WAY_BAD))
            return true;
    }
    return false;
}

/* Another name of those that programs try, whatever else leads there. */
static bool has_clean_guess(const struct survey *s, const struct mail_way *than)
{
    struct text_list names = mail_places_guesses(s->arena, s->target.domain);

    for (size_t i = 0; i < s->ways->len; i++) {
        const struct mail_way *way = &s->ways->items[i];
        if (way->family == than->family && !way->is_plain &&
            strcmp(way->host, than->host) != 0 &&
            text_list_has(&names, way->host) &&
            mail_way_state(s, way) == WAY_CLEAN)
            return true;
    }
    return false;
}

static bool has_clean(const struct survey *s, const struct mail_way *way,
                      enum way_source source)
{
    return mail_way_clean(s, way->family, source, way) != NULL;
}

static enum severity most_of_published(const struct survey *s,
                                       const struct mail_way *way)
{
    if (way->is_plain && (has_clean(s, way, WAY_AUTOCONFIG) || !way->is_first))
        return SEV_INFO; /* a program takes the encrypted one before it */
    return way->is_first ? SEV_ERROR : SEV_WARNING;
}

/* A guess of another name, or an MX host before this one. */
static enum severity most_of_exchanger(const struct survey *s,
                                       const struct mail_way *way)
{
    bool shielded = has_clean(s, way, WAY_AUTOCONFIG) ||
                    has_clean(s, way, WAY_AUTODISCOVER) ||
                    has_clean(s, way, WAY_SRV);
    const struct mail_way *other = mail_way_clean(s, way->family, WAY_MX, way);

    if (shielded || way->is_filter)
        return SEV_INFO;
    bool elsewhere = other && strcmp(other->host, way->host) != 0;
    return elsewhere || has_clean_guess(s, way) ? SEV_WARNING : SEV_ERROR;
}

static enum severity most_of_guess(const struct survey *s,
                                   const struct mail_way *way)
{
    bool settings = has_clean(s, way, WAY_AUTOCONFIG) ||
                    has_clean(s, way, WAY_AUTODISCOVER);
    bool both = has_clean(s, way, WAY_SRV) && has_clean_guess(s, way);
    bool star = way->by_star && has_clean(s, way, WAY_SOURCE_COUNT);

    return settings || both || star ? SEV_INFO : SEV_WARNING;
}

enum severity mail_shield_most(const struct survey *s, const struct cell *c)
{
    const struct mail_way *way = mail_way_of(s, c);

    if (!way)
        return SEV_ERROR;
    if (way->published_at)
        return most_of_published(s, way);
    return way->source == WAY_MX ? most_of_exchanger(s, way)
                                 : most_of_guess(s, way);
}
