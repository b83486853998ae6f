#include "machine/conf_printed.h"

#include <string.h>

#include "machine/conf_text.h"

#define ONLY_SHOWN "certmend shows its lines and changes none."

static const char *program_of(const struct listener *l)
{
    const char *slash = l->program ? strrchr(l->program, '/') : NULL;

    return slash ? slash + 1 : "";
}

static bool is_there(struct arena *a, const struct server_conf *conf,
                     const char *path)
{
    const char *const *found = NULL;
    size_t len = 0;
    struct err err;

    return machine_file_glob(a, &conf->root, path, &found, &len, &err) && len;
}

/* The first of these that is there; NULL ends them, and is said where none is.
 */
static const char *first_of(struct arena *a, const struct server_conf *conf,
                            const char *const *paths)
{
    while (*paths && !is_there(a, conf, *paths))
        paths++;
    return *paths;
}

static bool not_found(const char *software, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s's configuration is not where it usually is", software);
}

/* The value of a line that begins with `name` and then `sign`, without quotes.
 */
static bool value_in(struct arena *a, const struct server_conf *conf,
                     struct conf_span line, const char *name, char sign,
                     struct conf_value *out)
{
    const struct machine_file *f = &conf->files[line.file];
    size_t len = strlen(name);
    struct conf_span span = line;

    if (line.len <= len || memcmp(f->text + line.at, name, len) != 0)
        return false;
    span.at += len;
    span.len -= len;
    span = conf_span_trim(f, span);
    if (sign && (!span.len || f->text[span.at] != sign))
        return false;
    span.at += sign != '\0';
    span.len -= sign != '\0';
    span = conf_span_trim(f, span);
    if (span.len > 1 && strchr("\"'", f->text[span.at]) &&
        f->text[span.at + span.len - 1] == f->text[span.at]) {
        span.at++;
        span.len -= 2;
    }
    const char *text = conf_span_text(a, conf, span);
    *out = (struct conf_value){ .setting = name,
                                .path = text[0] == '/' ? text : NULL,
                                .span = span,
                                .doubt = ONLY_SHOWN };
    return true;
}

/* One setting that is looked for. */
struct wanted {
    const char *name;
    struct conf_value *value; /* the last one counts */
};

static bool read_settings(struct arena *a, struct conf_walk *walk,
                          const char *path, char sign,
                          const struct wanted *wanted, struct err *err)
{
    struct conf_line line = { 0 };

    if (!conf_walk_enter(a, walk, path, err))
        return false;
    size_t file = conf_walk_file(walk);
    while (conf_line_next(&walk->conf->files[file], &line)) {
        struct conf_span span = conf_line_trim(&walk->conf->files[file], &line);
        span.file = file;
        for (size_t i = 0; wanted[i].name; i++)
            value_in(a, walk->conf, span, wanted[i].name, sign,
                     wanted[i].value);
    }
    conf_walk_leave(walk);
    return true;
}

static const uint16_t mail_ports[] = { 25, 465, 587, 0 };

/* `others`: ports that the same process serves alike; 0 ends them, NULL: none.
 */
static bool finish(struct arena *a, struct server_conf *conf,
                   struct tls_place *place, const uint16_t *others,
                   const char *why, struct err *err)
{
    const char *path = conf->files[0].path;

    if (!place->cert.setting)
        place->cert.doubt = "No certificate is named.";
    if (!place->key.setting)
        place->key.path = place->cert.path;
    conf->dir = arena_text_n(a, path, (size_t)(strrchr(path, '/') - path));
    conf->print_only = why;
    place->port = conf->listener->port;
    if (!conf_place_add(a, conf, place, err))
        return false;
    for (size_t i = 0; others && others[i]; i++) {
        place->port = others[i];
        if (place->port != conf->listener->port &&
            !conf_place_add(a, conf, place, err))
            return false;
    }
    return true;
}

bool conf_courier_is_it(const struct listener *l)
{
    return strcmp(program_of(l), "couriertcpd") == 0;
}

/* What serves a port: its files, the later ones over the earlier, and its
 * service. */
static const struct {
    uint16_t port;
    const char *files[2], *service;
} courier_ports[] = {
    { 25, { "esmtpd", NULL }, "courier-mta" },
    { 465, { "esmtpd", "esmtpd-ssl" }, "courier-mta-ssl" },
    { 587, { "esmtpd", "esmtpd-msa" }, "courier-msa" },
    { 143, { "imapd", "imapd-ssl" }, "courier-imap" },
    { 993, { "imapd", "imapd-ssl" }, "courier-imap-ssl" },
    { 110, { "pop3d", "pop3d-ssl" }, "courier-pop" },
    { 995, { "pop3d", "pop3d-ssl" }, "courier-pop-ssl" },
};

enum { COURIER_PORTS = sizeof courier_ports / sizeof *courier_ports };

static size_t courier_port(const struct server_conf *conf)
{
    size_t i = 0;

    while (i < COURIER_PORTS && courier_ports[i].port != conf->listener->port)
        i++;
    return i;
}

bool conf_courier_read(struct arena *a, struct server_conf *conf,
                       struct err *err)
{
    static const char *const dirs[] = { "/etc/courier/",
                                        "/usr/lib/courier/etc/",
                                        "/etc/courier-imap/" };
    struct conf_walk walk = { .conf = conf };
    struct tls_place place = { 0 };
    const struct wanted wanted[] = { { "TLS_CERTFILE", &place.cert },
                                     { "TLS_PRIVATE_KEYFILE", &place.key },
                                     { NULL, NULL } };
    size_t port = courier_port(conf);

    for (size_t i = 0; port < COURIER_PORTS && i < 3 && !conf->files_len; i++)
        for (size_t k = 0; k < 2 && courier_ports[port].files[k]; k++) {
            const char *path =
                arena_printf(a, "%s%s", dirs[i], courier_ports[port].files[k]);
            if (is_there(a, conf, path) &&
                !read_settings(a, &walk, path, '=', wanted, err))
                return false;
        }
    if (!conf->files_len)
        return not_found("Courier", err);
    return finish(a, conf, &place, NULL,
                  "Courier names its certificate, a copy with the key in it, "
                  "in several files: " ONLY_SHOWN,
                  err);
}

const char *const *conf_courier_reload(struct arena *a,
                                       const struct server_conf *conf)
{
    size_t port = courier_port(conf);

    return conf_service_words(a, conf, "restart",
                              port < COURIER_PORTS ? courier_ports[port].service
                                                   : "courier-mta");
}

bool conf_cyrus_is_it(const struct listener *l)
{
    return strcmp(program_of(l), "cyrmaster") == 0 ||
           (strcmp(program_of(l), "master") == 0 &&
            strstr(l->program, "cyrus"));
}

/* A setting may have the name of a service in front, which counts more. */
static const char *cyrus_service(uint16_t port)
{
    static const struct {
        uint16_t port;
        const char *name;
    } rows[] = { { 143, "imap" },
                 { 993, "imaps" },
                 { 110, "pop3" },
                 { 995, "pop3s" },
                 { 4190, "sieve" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].port == port)
            return rows[i].name;
    return "x";
}

bool conf_cyrus_read(struct arena *a, struct server_conf *conf, struct err *err)
{
    static const char *const usual[] = { "/etc/imapd.conf",
                                         "/etc/cyrus/imapd.conf",
                                         "/usr/local/etc/imapd.conf", NULL };
    const char *given = conf_option(conf->listener, "-C");
    const char *path = given ? given : first_of(a, conf, usual);
    const char *service = cyrus_service(conf->listener->port);
    struct conf_walk walk = { .conf = conf };
    struct tls_place place = { 0 };
    struct conf_value cert = { 0 }, key = { 0 };
    const struct wanted wanted[] = {
        { "tls_server_cert", &place.cert },
        { "tls_server_key", &place.key },
        { arena_printf(a, "%s_tls_server_cert", service), &cert },
        { arena_printf(a, "%s_tls_server_key", service), &key },
        { NULL, NULL },
    };

    if (!path)
        return not_found("Cyrus", err);
    if (!read_settings(a, &walk, path, ':', wanted, err))
        return false;
    if (cert.setting)
        place.cert = cert;
    if (key.setting)
        place.key = key;
    conf->user = "cyrus";
    return finish(a, conf, &place, NULL,
                  "Cyrus reads copies that its own user may read: " ONLY_SHOWN,
                  err);
}

const char *const *conf_cyrus_reload(struct arena *a,
                                     const struct server_conf *conf)
{
    return conf_service_words(a, conf, "restart", "cyrus-imapd");
}

bool conf_opensmtpd_is_it(const struct listener *l)
{
    return strcmp(program_of(l), "smtpd") == 0;
}

/* "pki NAME cert FILE" */
static bool read_pki(struct arena *a, struct server_conf *conf,
                     struct conf_span line, struct err *err)
{
    const char *text = conf_span_text(a, conf, line);
    struct tls_place place = { .port = conf->listener->port };
    struct tls_place *same = NULL;
    struct conf_value value;

    if (strncmp(text, "pki ", 4) != 0)
        return true;
    size_t at = 4 + strspn(text + 4, " \t\"");
    place.sni = arena_text_n(a, text + at, strcspn(text + at, " \t\""));
    at += strcspn(text + at, " \t");
    line.at += at;
    line.len -= at;
    line = conf_span_trim(&conf->files[line.file], line);
    bool is_cert = value_in(a, conf, line, "cert", '\0', &value);
    if (!is_cert && !value_in(a, conf, line, "key", '\0', &value))
        return true;
    for (size_t i = 0; i < conf->places_len; i++)
        if (strcmp(conf->places[i].sni, place.sni) == 0)
            same = &conf->places[i];
    if (!same && !conf_place_add(a, conf, &place, err))
        return false;
    same = same ? same : &conf->places[conf->places_len - 1];
    *(is_cert ? &same->cert : &same->key) = value;
    return true;
}

bool conf_opensmtpd_read(struct arena *a, struct server_conf *conf,
                         struct err *err)
{
    static const char *const usual[] = { "/etc/smtpd.conf",
                                         "/etc/mail/smtpd.conf",
                                         "/etc/opensmtpd/smtpd.conf", NULL };
    const char *given = conf_option(conf->listener, "-f");
    const char *path = given ? given : first_of(a, conf, usual);
    struct conf_walk walk = { .conf = conf };
    struct conf_line line = { 0 };

    if (!path)
        return not_found("OpenSMTPD", err);
    if (!conf_walk_enter(a, &walk, path, err))
        return false;
    while (conf_line_next(&conf->files[0], &line))
        if (!read_pki(a, conf, conf_line_trim(&conf->files[0], &line), err))
            return false;
    struct tls_place place = { .port = conf->listener->port };
    if (conf->places_len == 1) /* who names nobody gets it, too */
        place = conf->places[0];
    place.sni = NULL;
    if (conf->places_len > 1)
        place.cert.doubt = "The line that listens says which of them it is.";
    return finish(a, conf, &place, mail_ports,
                  "OpenSMTPD takes a new certificate only when it is started "
                  "anew: " ONLY_SHOWN,
                  err);
}

const char *const *conf_opensmtpd_reload(struct arena *a,
                                         const struct server_conf *conf)
{
    return conf_service_words(a, conf, "restart", "opensmtpd");
}

bool conf_sendmail_is_it(const struct listener *l)
{
    return strcmp(program_of(l), "sendmail") == 0 ||
           strcmp(program_of(l), "sendmail-mta") == 0;
}

/* "define(`confSERVER_CERT', `FILE')dnl": where m4 takes the value from. */
static void note_source(struct arena *a, struct conf_walk *walk,
                        const char *path, const char *name,
                        struct conf_value *value)
{
    struct conf_line line = { 0 };
    struct err err;
    const char *define = arena_printf(a, "define(`%s'", name);

    if (!value->path || !is_there(a, walk->conf, path) ||
        !conf_walk_enter(a, walk, path, &err))
        return;
    size_t file = conf_walk_file(walk);
    const struct machine_file *f = &walk->conf->files[file];
    while (conf_line_next(f, &line)) {
        const char *text = arena_text_n(a, f->text + line.at, line.len);
        const char *found = strstr(text, define);
        const char *at = found ? strstr(found, value->path) : NULL;
        if (!at)
            continue;
        value->span = (struct conf_span){ file, line.at + (size_t)(at - text),
                                          strlen(value->path), line.number };
        value->setting = name;
    }
    conf_walk_leave(walk);
}

bool conf_sendmail_read(struct arena *a, struct server_conf *conf,
                        struct err *err)
{
    static const char *const usual[] = { "/etc/mail/sendmail.cf",
                                         "/etc/sendmail.cf", NULL };
    static const char *const sources[] = { "/etc/mail/sendmail.mc",
                                           "/etc/mail/tls/starttls.m4" };
    const char *given = conf_option(conf->listener, "-C");
    const char *path = given ? given : first_of(a, conf, usual);
    struct conf_walk walk = { .conf = conf };
    struct tls_place place = { 0 };
    const struct wanted wanted[] = { { "O ServerCertFile", &place.cert },
                                     { "O ServerKeyFile", &place.key },
                                     { NULL, NULL } };

    if (!path)
        return not_found("Sendmail", err);
    if (!read_settings(a, &walk, path, '=', wanted, err))
        return false;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        note_source(a, &walk, sources[i], "confSERVER_CERT", &place.cert);
        note_source(a, &walk, sources[i], "confSERVER_KEY", &place.key);
    }
    return finish(
        a, conf, &place, mail_ports,
        "Sendmail's configuration is made of another file by m4: " ONLY_SHOWN,
        err);
}

const char *const *conf_sendmail_reload(struct arena *a,
                                        const struct server_conf *conf)
{
    return conf_service_words(a, conf, "restart", "sendmail");
}
