#!/bin/sh
# clang-format has the last word (version 14; others lay out differently).
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
formatter=clang-format-14
command -v $formatter >/dev/null || formatter=clang-format
if ! $formatter --version 2>/dev/null | grep -q 'version 14\.'; then
    tap_skip "the code is laid out" "no clang-format 14 here"
else
    tap "the code is laid out" "$(find assistant tests -name '*.[ch]' | sort |
        xargs $formatter --dry-run 2>&1 | grep warning | cut -d: -f1 | uniq -c |
        sed 's/^ *//; s/ / places in /')"
fi
tap_end
