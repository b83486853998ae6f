#include "model/name_idn.h"

#include "base/memory.h"
#include "base/own.h"
#include "base/table.h"
#include "model/name.h"

#include <idn2.h>
#include <string.h>

OWN_DEFINE(char, idn2_free);

/* Not IDN2_USE_STD3_ASCII_RULES: it drops "<" silently where it should refuse
 * it, and knows no underscore. name.c looks at every character afterwards. */
static const int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;

static const struct word faults[] = {
    { "bytes that are not UTF-8", IDN2_ENCODING_ERROR },
    { "more than 253 characters", IDN2_TOO_BIG_DOMAIN },
    { "a label of more than 63 characters", IDN2_TOO_BIG_LABEL },
    { "a label of more than 63 characters", IDN2_PUNYCODE_BIG_OUTPUT },
    { "an \"xn--\" label that stands for nothing", IDN2_INVALID_ALABEL },
    { "an \"xn--\" label that stands for nothing", IDN2_PUNYCODE_BAD_INPUT },
    { "an \"xn--\" label that stands for nothing", IDN2_PUNYCODE_OVERFLOW },
    { "an \"xn--\" label written another way than its letters demand",
      IDN2_ALABEL_ROUNDTRIP_FAILED },
    { "an \"xn--\" label written another way than its letters demand",
      IDN2_UALABEL_MISMATCH },
    { "a label with hyphens in third and fourth place", IDN2_2HYPHEN },
    { "a label that begins or ends with a hyphen", IDN2_HYPHEN_STARTEND },
    { "a label that begins with a combining mark", IDN2_LEADING_COMBINING },
    { "letters of both directions of writing mixed", IDN2_BIDI },
    { NULL, 0 },
};

/* IDN2_NFC is what is said of a text that could not be normalised for want of
 * memory; what is no UTF-8 has a word of its own. */
static int works(int rc)
{
    if (rc == IDN2_MALLOC || rc == IDN2_NFC)
        memory_is_out();
    return rc;
}

/* What has no row above is a letter that IDNA2008 forbids, there at least. */
static const char *fault_text(int rc)
{
    for (const struct word *row = faults; row->text; row++)
        if (row->code == rc)
            return row->text;
    return "a letter that host names may not have";
}

/* UTS 46 leaves the negations of "=", "<" and ">" to the rules for ASCII;
 * IDNA2008 forbids them (RFC 5892 2.6). */
static bool has_negation(const char *unicode)
{
    return strstr(unicode, "\xe2\x89\xa0") || strstr(unicode, "\xe2\x89\xae") ||
           strstr(unicode, "\xe2\x89\xaf");
}

/* RFC 5891 5.4: A-labels that do not come back from their U-labels are none. */
static int check_way_back(const char *ascii)
{
    OWN(char) *unicode = NULL;
    OWN(char) *again = NULL;
    int rc = works(idn2_to_unicode_8z8z(ascii, &unicode, flags));

    if (rc == IDN2_OK && has_negation(unicode))
        return IDN2_DISALLOWED;
    if (rc == IDN2_OK)
        rc = works(idn2_to_ascii_8z(unicode, &again, flags));
    if (rc == IDN2_OK && strcmp(ascii, again) != 0)
        return IDN2_ALABEL_ROUNDTRIP_FAILED;
    return rc;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* Punycode that stands for something: the DNS has such names, with emoji for
 * one, and authorities certify them, whatever IDNA2008 says of the letters (CA/
 * Browser Forum BR 1.6.1, "P-Label"). */
static bool is_in_use(const char *text, int rc)
{
    switch (rc) {
    case IDN2_ENCODING_ERROR:
    case IDN2_TOO_BIG_DOMAIN:
    case IDN2_TOO_BIG_LABEL:
    case IDN2_INVALID_ALABEL:
    case IDN2_PUNYCODE_BAD_INPUT:
    case IDN2_PUNYCODE_BIG_OUTPUT:
    case IDN2_PUNYCODE_OVERFLOW:
        return false;
    default:
        return is_ascii(text);
    }
}

const char *name_idn_ascii(struct arena *a, const char *text, const char **why)
{
    OWN(char) *ascii = NULL;
    int rc = works(idn2_to_ascii_8z(text, &ascii, flags));

    if (rc == IDN2_OK)
        rc = check_way_back(ascii);
    if (rc == IDN2_OK)
        return arena_text(a, ascii);
    if (is_in_use(text, rc))
        return arena_text(a, text);
    *why = fault_text(rc);
    return NULL;
}

const char *name_idn_unicode(struct arena *a, const char *host)
{
    OWN(char) *unicode = NULL;

    if (works(idn2_to_unicode_8z8z(host, &unicode, flags)) != IDN2_OK ||
        strcmp(unicode, host) == 0 || check_way_back(host) != IDN2_OK)
        return NULL;
    return arena_printable(a, unicode, strlen(unicode));
}
