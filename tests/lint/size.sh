#!/bin/sh
# Files of at most 500 lines, functions of at most 60; every header opens with
# its name and what it is. (Columns are clang-format's business: format.sh.)
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
FILE_MAX=500
FUNCTION_MAX=60

long_files()
{
    find "$1" -name '*.[ch]' | sort | xargs wc -l |
        awk -v max=$FILE_MAX '$2 != "total" && $1 > max { print $2 ": " $1 " lines" }'
}

# clang-format puts a function's braces, and no others of a block, in column 0.
long_functions()
{
    find "$1" -name '*.c' | sort | xargs awk -v max=$FUNCTION_MAX '
        FNR == 1 { start = 0 }
        /^{/ { start = FNR }
        /^}/ && start {
            if (FNR - start - 1 > max)
                print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
            start = 0
        }'
}

# The first comment of a header: "name - what it is".
nameless_headers()
{
    for header in $(find "$1" -name '*.h' | sort); do
        name=$(basename "$header" .h)
        awk '/\/\*/ { getline; print; exit }' "$header" | grep -q "^ \* $name - ." ||
            echo "$header: does not open with \"$name - what it is\""
    done
}

tap "no file is longer than $FILE_MAX lines" "$(long_files assistant)"
tap "no function is longer than $FUNCTION_MAX lines" "$(long_functions assistant)"
tap "every header says what it is" "$(nameless_headers assistant)"
tap "no test is longer than 600 lines" "$(find tests -name '*.[ch]' -o -name '*.py' -o -name '*.sh' |
    xargs wc -l | awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }')"

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
{
    echo 'static void run(void)'
    echo '{'
    seq 510 | sed 's/.*/    step();/'
    echo '}'
} >"$planted/long.c"
printf '/*\n * wrong - a name\n */\n' >"$planted/right.h"
tap_finds "a long file" "long.c: 513 lines" "$(long_files "$planted")"
tap_finds "a long function" "long.c:2: a function of 510" "$(long_functions "$planted")"
tap_finds "a header that is called something else" right.h "$(nameless_headers "$planted")"
tap_end
