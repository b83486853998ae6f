#include "probe/crowd.h"

/* FNV-1a. */
static size_t place_of(const char *address)
{
    uint32_t hash = 2166136261u;

    for (const char *p = address; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return hash % CROWD_PLACES;
}

bool crowd_has_room(const struct crowd *c, const char *address)
{
    return !c || !c->counts || c->at[place_of(address)] < CROWD_MOST;
}

void crowd_join(struct crowd *c, const char *address)
{
    if (c && c->counts)
        c->at[place_of(address)]++;
}

void crowd_leave(struct crowd *c, const char *address)
{
    if (c && c->counts)
        c->at[place_of(address)]--;
}
