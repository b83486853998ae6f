#include "advise/tool.h"

#include <string.h>

#include "advise/software.h"
#include "facts/cell_state.h"
#include "facts/client_view.h"
#include "facts/mail_shield.h"

static bool has_part(const struct text_source *from, const char *part)
{
    const struct text_list *names = from->software;
    for (size_t i = 0; names && i < names->len; i++) {
        if (text_source_read(from, arena_printf(from->arena, "software/%s/%s",
                                                names->text[i], part)))
            return true;
    }
    return false;
}

/* certbot needs no order behind a renewal; who runs Exchange may. */
static bool renews_alone(const struct text_source *from)
{
    const struct text_list *names = from->software;
    for (size_t i = 0; names && i < names->len; i++) {
        if (software_is_tool(names->text[i]) &&
            text_source_read(
                from,
                arena_printf(from->arena, "software/%s/renew", names->text[i])))
            return true;
    }
    return false;
}

/* The first that is shown where that holds; NULL: none. */
static const struct cert *shown(const struct context *now, bool is_faulty)
{
    const struct survey *s = now->survey;
    for (size_t i = 0; i < s->cells_len; i++) {
        const struct cell *c = &s->cells[i];
        if (cell_leaf(s, c) && client_view_asked(s, c) &&
            (!is_faulty ||
             (context_is_faulty(now, c) && mail_shield_most(s, c) != SEV_INFO)))
            return cell_leaf(s, c);
    }
    return NULL;
}

/* What is served where a certificate is to be replaced; of a domain's many
 * hosts, the one in trouble. */
static const struct cert *served(const struct context *now)
{
    const struct cert *leaf = shown(now, true);
    if (leaf)
        return leaf;
    return now->good ? cell_leaf(now->survey, now->good) : shown(now, false);
}

/* An order under the old name with fewer names takes the others away. */
static bool is_whole(const struct cert *leaf, const struct json *names)
{
    for (size_t i = 0; leaf && names && i < leaf->dns_names.len; i++) {
        if (!json_has_text(names, leaf->dns_names.text[i]))
            return false;
    }
    return true;
}

/* Most authorities put the first name into the CN; some leave it empty. */
const char *tool_name(const struct context *now, const struct json *names)
{
    const struct cert *leaf = served(now);
    const char *first =
        leaf && leaf->dns_names.len ? leaf->dns_names.text[0] : NULL;
    const char *name = leaf && leaf->subject_cn ? leaf->subject_cn : first;
    if (names && names->first && !is_whole(leaf, names))
        name = names->first->text;
    name = name ? name_read_pattern(now->arena, name) : NULL;
    if (!name || name_is_ip(name))
        return "NAME";
    return name_base(name);
}

const char *tool_files(const struct text_source *from)
{
    const struct text_list *names = from->software;
    const char *files = NULL;
    for (size_t i = 0; names && i < names->len && !files; i++)
        files = software_files(names->text[i]);
    return files;
}

/* Where the key in use most likely is: nobody can see that from outside, so
 * the steps say how to find it too. */
static void put_kept(const struct context *now, const struct text_source *from,
                     const struct cert *leaf, struct json *data)
{
    struct arena *a = now->arena;
    const char *name = tool_name(now, NULL);
    const char *certbot =
        arena_printf(a, "%s/%s/privkey.pem", software_files("certbot"), name);
    bool is_own = leaf && leaf->self_signed;
    struct json *kept = json_put_object(a, data, "kept");
    json_put_text(a, kept, "name", name);
    json_put_text(a, kept, "certbot", certbot);
    json_put_bool(a, kept, "by_certbot", !is_own && !has_part(from, "order"));
    json_put_text(a, kept, "file",
                  is_own ? "/etc/ssl/private/ssl-cert-snakeoil.key" : certbot);
}

void tool_put(const struct context *now, const struct text_source *from,
              const struct json *names, struct json *data)
{
    struct arena *a = now->arena;
    const struct cert *leaf = served(now);
    struct json *tool = json_put_object(a, data, "tool");
    json_put_bool(a, tool, "known", has_part(from, "order"));
    json_put_bool(a, tool, "renews", has_part(from, "renew"));
    json_put_bool(a, tool, "alone", renews_alone(from));
    json_put_bool(a, tool, "made", leaf && !leaf->self_signed);
    json_put_bool(a, tool, "whole", is_whole(leaf, names));
    json_put_text(a, tool, "name", tool_name(now, names));
    put_kept(now, from, leaf, data);
}
