#ifndef FLEET_LINES_H
#define FLEET_LINES_H
/*
 * fleet_lines - lines of "check --format jsonl", as short as they may be
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/fleet_row.h"

#define LINE_OF(input, label, verdict, confidence, findings, endpoints, certs, \
                fixes)                                                         \
    "{\"schema\":\"certmend.report/"                                           \
    "1\",\"looked_at\":\"2026-11-28T00:00:00Z\","                              \
    "\"judged_at\":\"2026-11-28T00:00:00Z\",\"asked\":{\"input\":\"" input     \
    "\",\"label\":\"" label "\"},\"verdict\":\"" verdict                       \
    "\",\"confidence\":" confidence ",\"findings\":[" findings                 \
    "],\"endpoints\":[" endpoints "],\"certificates\":[" certs                 \
    "],\"fixes\":[" fixes "]}"

#define ENDPOINT(port, state, cert)                                            \
    "{\"host\":\"mail.example.org\",\"address\":\"192.0.2.1\",\"port\":" port  \
    ",\"asked\":true,\"sni\":\"mail.example.org\",\"state\":\"" state          \
    "\",\"certificate\":\"" cert "\"}"

#define CERT(sha256, names, issuer, from, to)                                  \
    "{\"sha256\":\"" sha256 "\",\"dns_names\":[" names                         \
    "],\"ip_names\":[],\"issuer\":\"" issuer "\",\"not_before\":\"" from       \
    "T00:00:00Z\",\"not_after\":\"" to "T00:00:00Z\"}"

#define FINDING(id, severity, where, title)                                    \
    "{\"id\":\"" id "\",\"severity\":\"" severity "\",\"where\":[" where       \
    "],\"title\":\"" title "\",\"detail\":\"" title ".\"}"

#define FIX(title, actor)                                                      \
    "{\"id\":\"x\",\"title\":\"" title "\",\"actor\":\"" actor "\"}"

static inline struct fleet_row row_of(struct arena *a, const char *text)
{
    struct json *line = NULL;
    struct fleet_row row = { 0 };
    struct err err;

    if (!json_parse(a, text, strlen(text), "the line", &line, &err) ||
        !fleet_row_read(a, line, &row, &err))
        fail_msg("%s: %s", err.text, text);
    return row;
}

#endif
