#!/bin/sh
# Every header compiles alone. One compiler can tell; both compile all that is
# built from them.
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
compiler=$(command -v gcc || command -v clang)
# shellcheck disable=SC2086
if "$compiler" $flags -Werror -fsyntax-only "$units"/*.c 2>"$units/said"; then
    faults=
else
    faults=$(grep -m 20 error "$units/said")
fi
tap "every header compiles alone" "$faults"
tap_end
