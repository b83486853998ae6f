#!/bin/sh
# Every header compiles alone, by both compilers.
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
flags="-std=c11 -Wall -Wextra -Wpedantic -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -Iassistant"
flags="$flags $(pkg-config --cflags openssl libcurl libcjson libevent libidn2 libpsl 2>/dev/null)"
unit=$(mktemp -d)
trap 'rm -rf "$unit"' EXIT

for compiler in gcc clang; do
    if ! command -v $compiler >/dev/null; then
        tap_skip "headers with $compiler" "no $compiler here"
        continue
    fi
    faults=
    for header in assistant/*/*.h; do
        # Twice: its guard holds as well.
        printf '#include "%s"\n#include "%s"\nextern int used;\n' \
            "${header#assistant/}" "${header#assistant/}" >"$unit/one.c"
        $compiler $flags -Werror -fsyntax-only "$unit/one.c" 2>"$unit/said" ||
            faults="$faults$header: $(grep -m 1 error "$unit/said")
"
    done
    tap "every header compiles alone with $compiler" "$faults"
done
tap_end
