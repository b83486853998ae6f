#!/bin/sh
# Words that the house style forbids, by rule: pattern, where it is allowed,
# why. Comments and strings do not count, except for left-over marks.
set -u
here=$(dirname "$0")
. "$here/../tap.sh"

# code FILE...: "file:line:text" with comments, strings and char constants
# blanked.
code()
{
    awk '
    FNR == 1 { inside = 0 }
    {
        text = $0
        gsub(/\\./, "", text)
        gsub(/"[^"]*"/, "\"\"", text)
        gsub(/'"'[^']*'"'/, "0", text)
        while (1) {
            if (inside) {
                end = index(text, "*/")
                if (!end) { text = ""; break }
                text = substr(text, end + 2)
                inside = 0
            }
            start = index(text, "/*")
            if (!start)
                break
            rest = substr(text, start + 2)
            end = index(rest, "*/")
            if (!end) { text = substr(text, 1, start - 1); inside = 1; break }
            text = substr(text, 1, start - 1) " " substr(rest, end + 2)
        }
        sub(/\/\/.*/, "", text)
        print FILENAME ":" FNR ":" text
    }' "$@"
}

# forbid ROOT PATTERN ALLOWED: lines with the word, outside the files that ALLOWED matches.
forbid()
{
    code $(find "$1" -name '*.[ch]' | sort) |
        grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_])?($2)" |
        grep -vE "^$1/($3):" || true
}

never='$^' # matches no file
unsafe='(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|localtime|system|popen|tmpnam|alloca)[ ]*\('
memory='(malloc|calloc|realloc|free|strdup|strndup)[ ]*\('
jump='goto[ ]'
clock='(time|gettimeofday|clock_gettime|gmtime|localtime_r)[ ]*\('
output='(printf|puts|putchar|vprintf)[ ]*\(|fputs[^;]*stdout|fwrite[^;]*stdout|fprintf[ ]*\([ ]*stdout'

# all ROOT: every fault below it.
all()
{
    forbid "$1" "$unsafe" "$never"
    forbid "$1" "$memory" 'base/[a-z_0-9]*\.[ch]'
    forbid "$1" "$jump" "$never"
    forbid "$1" "$clock" 'base/clock\.c'
    forbid "$1" "$output" '(report|cmd)/[a-z_0-9]*\.c|run/options\.c|main\.c'
}

tap "no unsafe text or process function" "$(forbid assistant "$unsafe" "$never")"
tap "memory is taken and given back in base/ only" \
    "$(forbid assistant "$memory" 'base/[a-z_0-9]*\.[ch]')"
tap "no goto" "$(forbid assistant "$jump" "$never")"
tap "one file asks the clock" "$(forbid assistant "$clock" 'base/clock\.c')"
tap "standard output is written in report/, cmd/, by --help and in main.c only" \
    "$(forbid assistant "$output" '(report|cmd)/[a-z_0-9]*\.c|run/options\.c|main\.c')"

# The marks and places are put together here so that this file passes itself.
marks='\b(TO''DO|FIX''ME|HA''CK)\b|\bX''XX([: ]|$)'
places='/''work/|/home/[a-z]|/ro''ot/|deb\.debian''\.org|registry\.npm''js|/tmp/br''ief'
ours=$(git ls-files --cached --others --exclude-standard 2>/dev/null |
    grep -vE '\.(pem|der|key)$|/corpus/' |
    while read -r file; do [ -f "$file" ] && echo "$file"; done)
if [ -n "$ours" ]; then
    tap "no left-over marks" "$(grep -nIE "$marks" $ours /dev/null)"
    tap "no paths of one machine, no registry hosts" "$(grep -nIE "$places" $ours /dev/null)"
    tap "no trailing blanks" "$(grep -nI '[[:blank:]]$' $ours /dev/null |
        grep -vE '\.(md|mustache|patch)(:|$)' | head -n 20)"
fi

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
mkdir -p "$planted/base" "$planted/net" "$planted/report"
cat >"$planted/net/a.c" <<'END'
/* strcpy( in a comment
 * goto nowhere */
static const char *text = "malloc(1) and goto x";
int run_time(int x); /* time( is only the tail of a word */
    strcpy(a, b);
    p = malloc(3);
    goto out;
    now = time(NULL);
    printf("hello");
    fprintf(stderr, "hello");
END
echo '    free(p);' >"$planted/base/arena.c"
echo '    printf("fine");' >"$planted/report/text.c"
found=$(all "$planted")
tap_finds "an unsafe function" 'a.c:5:' "$found"
tap_finds "memory outside base/" 'a.c:6:' "$found"
tap_finds "a jump" 'a.c:7:' "$found"
tap_finds "a clock" 'a.c:8:' "$found"
tap_finds "standard output" 'a.c:9:' "$found"
tap "leaves comments, strings, base/ and stderr alone" \
    "$(echo "$found" | grep -vE 'a\.c:[5-9]:')"
tap_end
