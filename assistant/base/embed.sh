#!/bin/sh
# embed.sh FILE... - prints C source that holds the files' bytes
#
# Defines embedded_files[] of base/embed.h, sorted by path. Plain arrays of
# numbers: string literals end at 4,095 bytes in C11, and .incbin would hide
# the bytes from static analysis.
set -eu
LC_ALL=C
export LC_ALL

list=
[ $# -eq 0 ] || list=$(printf '%s\n' "$@" | sort -u)

echo '#include "base/embed.h"'
echo
n=0
for path in $list; do
    printf 'static const unsigned char bytes_%d[] = {\n' $n
    od -An -v -tu1 "$path" | sed 's/[0-9][0-9]*/&,/g'
    echo '0 };'
    n=$((n + 1))
done

echo
echo 'const struct embedded embedded_files[] = {'
n=0
for path in $list; do
    printf '{ "%s", (const char *)bytes_%d, sizeof bytes_%d - 1 },\n' \
        "$path" $n $n
    n=$((n + 1))
done
echo '{ NULL, NULL, 0 },'
echo '};'
