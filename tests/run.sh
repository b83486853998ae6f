#!/bin/sh
# Runs every test of the project and counts, as many at once as there are cores.
# Each test speaks TAP on standard output: "ok", "not ok", "ok ... # SKIP why".
# The last line is the sum.
#
#   BUILD=build sh tests/run.sh [NAME...]     only the tests whose path holds NAME
#   LONG=1 sh tests/run.sh [NAME...]          those that take long, in tests/long
#   JOBS=1 sh tests/run.sh [NAME...]          one after the other
set -u
: "${BUILD:=build}" "${JOBS:=$(nproc 2>/dev/null || echo 2)}"
export BUILD CMOCKA_MESSAGE_OUTPUT=TAP
out=$BUILD/test-output
rm -rf "$out"
mkdir -p "$out"

wanted()
{
    [ $# -lt 2 ] && return 0
    path=$1
    shift
    for word; do
        case $path in *"$word"*) return 0 ;; esac
    done
    return 1
}

if [ -n "${LONG:-}" ]; then
    all=$(echo tests/long/test_*.py)
else
    # What waits for servers most goes first.
    all=$(ls tests/live/test_*.py tests/live/test_*.sh tests/scenarios/*.py tests/unit/test_*.c \
        tests/lint/*.sh tests/lint/*.py tests/lab/test_*.py tests/cli/test_*.sh tests/fuzz/run.sh 2>/dev/null)
fi
list=$out/list
for test in $all; do
    case $test in tests/unit/*.c) test=$BUILD/unit/$(basename "$test" .c) ;; esac
    [ -f "$test" ] && wanted "$test" "$@" && echo "$test"
done >"$list.all"
# Real servers are unpacked once and shared: those tests run one after the other.
shared=$(grep -lE 'UNPACKED|unpack\.sh|from recipes|import recipes' tests/live/test_*.py)
echo "$shared" | grep -Fxf "$list.all" | paste -sd ' ' >"$list"
echo "$shared" | grep -vFxf - "$list.all" >>"$list"
xargs -P "$JOBS" -L 1 sh tests/one.sh <"$list"

awk '{ good += $1; bad += $2; skip += $3 }
    END {
        printf "%d passed, %d failed", good, bad
        if (skip) printf ", %d skipped", skip
        print ""
        exit !(bad == 0 && good > 0)
    }' "$out"/*.sum
