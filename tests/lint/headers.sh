#!/bin/sh
# Every header compiles alone, by both compilers.
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
flags="-std=c11 -Wall -Wextra -Wpedantic -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -Iassistant"
flags="$flags $(pkg-config --cflags openssl libcurl libcjson libevent libidn2 libpsl expat 2>/dev/null)"
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT

for header in assistant/*/*.h; do
    # Twice: its guard holds as well.
    unit=$units/$(echo "${header#assistant/}" | tr '/' '_').c
    printf '#include "%s"\n#include "%s"\nextern int used;\n' \
        "${header#assistant/}" "${header#assistant/}" >"$unit"
done
for compiler in gcc clang; do
    if ! command -v $compiler >/dev/null; then
        tap_skip "headers with $compiler" "no $compiler here"
        continue
    fi
    # shellcheck disable=SC2086
    if $compiler $flags -Werror -fsyntax-only "$units"/*.c 2>"$units/said"; then
        faults=
    else
        faults=$(grep -m 20 error "$units/said")
    fi
    tap "every header compiles alone with $compiler" "$faults"
done
tap_end
