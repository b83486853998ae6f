#!/bin/sh
# Which share of each room's lines the tests run: BUILD holds a build with
# --coverage that the tests have been run with.
#
#   sh tests/cover.sh BUILD
set -eu
cd "$(dirname "$0")/.."
find "$1/obj" -name '*.gcda' | sort | xargs gcov -n 2>/dev/null | awk '
    /^File / {
        file = substr($2, 2, length($2) - 2)
        next
    }
    /^Lines executed:/ && file ~ /^assistant\/.*\.c$/ {
        split($0, part, /[:% ]+/)
        room = file
        sub(/^assistant\//, "", room)
        sub(/\/.*/, "/", room)
        lines[room] += part[5]
        run[room] += part[3] * part[5] / 100
        printf "%s %.1f %d\n", file, part[3], part[5] > "'"$1"'/cover.txt"
        file = "" # a sum over all stands at the end
    }
    END {
        for (room in lines) {
            printf "%-12s %5d lines  %5.1f %%\n", room, lines[room],
                100 * run[room] / lines[room] | "sort"
            all += lines[room]
            done += run[room]
        }
        close("sort")
        if (all)
            printf "%-12s %5d lines  %5.1f %%\n", "all", all, 100 * done / all
    }'
