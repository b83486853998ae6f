#include "report/report_read.h"

#include <string.h>

uint16_t report_read_port(const struct json *endpoint)
{
    double port = json_find_number(endpoint, "port", 0);

    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

static bool is_same_place(const struct json *one, const struct json *other)
{
    static const char *const keys[] = { "host", "address", "port" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!json_equal(json_find(one, keys[i]), json_find(other, keys[i])))
            return false;
    }
    return true;
}

bool report_read_is_client_view(const struct json *report,
                                const struct json *endpoint)
{
    bool asked = json_find_bool(endpoint, "asked");
    JSON_EACH (o, json_find(report, "endpoints")) {
        if (asked && !json_find_text(endpoint, "sni") &&
            json_find_text(o, "sni") && json_find_bool(o, "asked") &&
            is_same_place(endpoint, o))
            return false;
    }
    return asked;
}

const struct json *report_read_certificate(const struct json *report,
                                           const struct json *endpoint)
{
    const char *id = json_find_text(endpoint, "certificate");
    JSON_EACH (c, json_find(report, "certificates")) {
        const char *sha256 = json_find_text(c, "sha256");
        if (id && sha256 && strcmp(id, sha256) == 0)
            return c;
    }
    return NULL;
}

bool report_read_is_loud(const struct json *finding)
{
    const char *severity = json_find_text(finding, "severity");

    return severity && strcmp(severity, "info") != 0;
}
