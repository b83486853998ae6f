#!/bin/sh
# Runs every test of the project and counts; a few more at once than there are
# cores, since many wait for servers most of their time.
# Each test speaks TAP on standard output: "ok", "not ok", "ok ... # SKIP why".
# The last line is the sum.
#
#   BUILD=build sh tests/run.sh [NAME...]     only the tests whose path holds NAME
#   LONG=1 sh tests/run.sh [NAME...]          those that take long, in tests/long
#   JOBS=1 sh tests/run.sh [NAME...]          one after the other
set -u
: "${BUILD:=build}" "${JOBS:=$(($(nproc 2>/dev/null || echo 2) + 2))}"
export BUILD CMOCKA_MESSAGE_OUTPUT=TAP
unset T # of make, and the fuzzers have one of their own
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
    all="$(echo tests/long/test_*.py) tests/fuzz/run.sh"
    export S="${S:-3}"
else
    # What takes longest goes first, so that nothing is waited for in the end; those
    # that make small Debians not all at once, as they share what is fetched.
    long="tests/scenarios/run.py tests/live/test_issue.py tests/live/test_here_apply.py
        tests/live/test_acme_pebble.py tests/live/test_import.py tests/page/test_*.py
        tests/live/test_session.py tests/live/test_dane_rollover.py tests/fuzz/run.sh
        tests/live/test_here_look.py tests/live/test_printed_lines.py tests/lint/headers.sh"
    # shellcheck disable=SC2086
    all=$(ls -U $long tests/live/test_*.py tests/scenarios/*.py tests/cli/test_*.sh tests/lab/test_*.py \
        tests/lint/*.sh tests/lint/*.py tests/unit/test_*.c 2>/dev/null | awk '!seen[$0]++')
fi
list=$out/list
for test in $all; do
    case $test in tests/unit/*.c) test=$BUILD/unit/$(basename "$test" .c) ;; esac
    [ -f "$test" ] && wanted "$test" "$@" && echo "$test"
done >"$list.all"
# Servers that are unpacked once and shared: those tests run one after the other.
shared=$(grep -lE 'UNPACKED|unpack\.sh|dane_stage|more_servers' tests/live/test_*.py tests/long/test_*.py)
echo "$shared" | grep -Fxf "$list.all" | paste -sd ' ' >"$list"
echo "$shared" | grep -vFxf - "$list.all" >>"$list"
xargs -P "$JOBS" -L 1 sh tests/one.sh <"$list"

# What a test costs: seconds of a core, the dearest first.
sort -rn "$out"/*.cpu >"$out/cpu"

awk '{ good += $1; bad += $2; skip += $3 }
    END {
        printf "%d passed, %d failed", good, bad
        if (skip) printf ", %d skipped", skip
        print ""
        exit !(bad == 0 && good > 0)
    }' "$out"/*.sum
