#!/bin/sh
# Runs every test of the project and counts. Each test speaks TAP on standard
# output: "ok", "not ok", "ok ... # SKIP why". The last line is the sum.
#
#   BUILD=build sh tests/run.sh [NAME...]     only the tests whose path holds NAME
#   LONG=1 sh tests/run.sh [NAME...]          those that take long, in tests/long
set -u
: "${BUILD:=build}"
export BUILD CMOCKA_MESSAGE_OUTPUT=TAP
out=$BUILD/test-output
mkdir -p "$out"
passed=0 failed=0 skipped=0

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

# faults LOG: what failed, each with the lines that say why.
faults()
{
    awk '/^not ok/ { told = 1; print; next }
        /^ok/ { told = 0 }
        told { print "    " $0 }' "$1" | cut -c1-400 | head -n 80
}

# run FILE COMMAND...: one test program and its verdicts.
run()
{
    file=$1
    shift
    log=$out/$(echo "$file" | tr '/' '_').tap
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    skip=$(grep -c '^ok.*# SKIP' "$log")
    good=$(($(grep -c '^ok' "$log") - skip))
    bad=$(grep -c '^not ok' "$log")
    if [ "$bad" -eq 0 ] && { [ $status -ne 0 ] || [ $((good + skip)) -eq 0 ]; }; then
        bad=1
        echo "$file: exit status $status, $good passed before it"
        tail -n 20 "$log"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
    printf '%-46s %5d passed' "$file" "$good"
    [ "$bad" -gt 0 ] && printf ', %d FAILED' "$bad"
    [ "$skip" -gt 0 ] && printf ', %d skipped' "$skip"
    printf '\n'
    [ "$bad" -gt 0 ] && faults "$log"
    [ "$skip" -gt 0 ] && grep '# SKIP' "$log" | head -n 5
    return 0
}

for test in "$BUILD"/unit/test_*; do
    [ -n "${LONG:-}" ] && break
    case $test in *.* | *'*') continue ;; esac
    wanted "$test" "$@" && run "$test" "$test"
done
usual="tests/lint/*.sh tests/lab/test_*.py tests/scenarios/*.py tests/live/test_*.py
    tests/live/test_*.sh tests/cli/test_*.sh tests/fuzz/run.sh"
[ -n "${LONG:-}" ] && usual="tests/long/test_*.py"
for test in $usual; do
    [ -f "$test" ] || continue
    wanted "$test" "$@" || continue
    case $test in
    *.py) run "$test" python3 "$test" ;;
    *) run "$test" sh "$test" ;;
    esac
done

if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ] && [ $passed -gt 0 ]
