#include "messages/error_pattern_fold.h"

#include <ctype.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { POINTS_MAX = 64 }; /* the longest decomposition has 18 */

/* Letters with a stroke or without a dot have no decomposition, and people
 * type them without. */
static ucs4_t without_stroke(ucs4_t point)
{
    static const struct {
        ucs4_t letter, plain;
    } rows[] = {
        { 0x131, 'i' }, /* dotless */
        { 0x142, 'l' }, { 0xf8, 'o' }, { 0x111, 'd' }, { 0x127, 'h' },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].letter == point)
            return rows[i].plain;
    return point;
}

static bool is_letter(ucs4_t point)
{
    return uc_is_general_category_withtable(
        point, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_Mc);
}

static size_t put_letters(const ucs4_t *points, size_t len, char *out)
{
    size_t used = 0;

    for (size_t i = 0; i < len; i++) {
        if (!is_letter(points[i]))
            continue;
        int bytes = u8_uctomb((uint8_t *)out + used, without_stroke(points[i]),
                              (ptrdiff_t)(ERROR_PATTERN_FOLD_MAX - used));
        if (bytes < 0)
            break;
        used += (size_t)bytes;
    }
    return used;
}

size_t error_pattern_fold(uint32_t point, char out[ERROR_PATTERN_FOLD_MAX])
{
    ucs4_t plain[POINTS_MAX], folded[POINTS_MAX];
    size_t plain_len = POINTS_MAX, folded_len = POINTS_MAX;

    if (point < 0x80) {
        out[0] = (char)tolower((int)point);
        return isalnum((int)point) != 0;
    }
    /* Decomposed first: the small letters inside a sign as U+2122 have no
     * folding of their own. */
    ucs4_t *p = u32_normalize(UNINORM_NFKD, &point, 1, plain, &plain_len);
    ucs4_t *f =
        p ? u32_casefold(p, plain_len, NULL, UNINORM_NFKD, folded, &folded_len)
          : NULL;
    return p == plain && f == folded ? put_letters(f, folded_len, out) : 0;
}

bool error_pattern_fold_is_mark(uint32_t point)
{
    return point >= 0x300 &&
           uc_is_general_category_withtable(point, UC_CATEGORY_MASK_M);
}

/* Words of these stand side by side, or have endings stuck to them. */
static bool without_blanks(uint32_t point)
{
    static const char *const scripts[] = { "Han",    "Hiragana", "Katakana",
                                           "Hangul", "Thai",     "Lao",
                                           "Khmer",  "Myanmar" };
    const uc_script_t *script = uc_script(point);

    for (size_t i = 0; script && i < sizeof scripts / sizeof *scripts; i++)
        if (strcmp(script->name, scripts[i]) == 0)
            return true;
    return false;
}

bool error_pattern_fold_joins(uint32_t point)
{
    if (point < 0x80)
        return isalnum((int)point) != 0;
    return uc_is_general_category_withtable(point, UC_CATEGORY_MASK_L |
                                                       UC_CATEGORY_MASK_N |
                                                       UC_CATEGORY_MASK_M) &&
           !without_blanks(point);
}
