#include "guide/pasted_error.h"

#include <string.h>
#include <strings.h>

#include "check/check.h"
#include "guide/answer.h"
#include "messages/error_pattern.h"

/* Programs whose settings templates/software/ describes, by the beginning of
 * what the table of messages calls them. */
static const struct {
    const char *begins, *folder;
} clients[] = {
    { "Gmail", "gmail" },
    { "Outlook", "outlook" },
    { "Thunderbird", "thunderbird" },
    { "Apple Mail", "applemail" },
};

static const char *folder_of(const char *program)
{
    for (size_t i = 0; program && i < sizeof clients / sizeof *clients; i++)
        if (strncmp(program, clients[i].begins, strlen(clients[i].begins)) == 0)
            return clients[i].folder;
    return NULL;
}

/* "Gmail (settings dialog, bounce)" is Gmail to a person. */
static const char *short_name(struct arena *a, const char *program)
{
    size_t len = program ? strcspn(program, "(/") : 0;

    while (len && program[len - 1] == ' ')
        len--;
    return len ? arena_text_n(a, program, len) : NULL;
}

/* Nothing of what it may turn out to be is found by looking. */
static bool is_told(const struct error_pattern *found)
{
    for (size_t i = 0; i < found->candidates.len; i++)
        if (check_find_def(found->candidates.text[i]))
            return false;
    return found->recognised;
}

bool pasted_error_program(const char *text, const char **program,
                          const char **client)
{
    static const char *const befores[] = { "i use ", "in ", "with " };

    for (size_t i = 0; i < sizeof befores / sizeof *befores; i++)
        if (strncasecmp(text, befores[i], strlen(befores[i])) == 0)
            text += strlen(befores[i]);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        if (strcasecmp(text, clients[i].begins) == 0) {
            *program = clients[i].begins;
            *client = clients[i].folder;
            return true;
        }
    return false;
}

void pasted_error_read(struct arena *a, const char *text,
                       struct pasted_error *out)
{
    const struct error_pattern_table *table = NULL;
    struct err unread = { ERR_NONE, "" };

    *out = (struct pasted_error){ .known = false };
    if (!error_pattern_table_load(a, NULL, &table, &unread))
        return;
    struct error_pattern found =
        error_pattern_read(a, table, text, strlen(text));
    out->known = found.recognised;
    out->program = short_name(a, found.client);
    out->client = folder_of(found.client);
    out->means = found.means;
    out->look = found.look;
    out->is_told = is_told(&found);
    if (found.place.host)
        out->server = answer_place(a, found.place.host, found.place.port, NULL);
}
