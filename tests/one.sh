#!/bin/sh
# Runs test programs one after the other; says of each how it went and leaves
# the numbers for tests/run.sh.
#
#   BUILD=build sh tests/one.sh FILE...
set -u
out=$BUILD/test-output

# faults LOG: what failed, each with the lines that say why.
faults()
{
    awk '/^not ok/ { told = 1; print; next }
        /^ok/ { told = 0 }
        told { print "    " $0 }' "$1" | cut -c1-400 | head -n 80
}

begin()
{
    case $1 in
    *.py) python3 "$1" ;;
    *.sh) sh "$1" ;;
    *) "$1" ;;
    esac
}

# User and system time in seconds between two answers of `times`, the second line of each.
spent()
{
    cat "$@" | awk 'NR % 2 == 0 {
            for (sum = i = 0; ++i <= 2;) { split($i, t, "[ms]"); sum += t[1] * 60 + t[2] }
            took = sum - took }
        END { printf "%.1f\n", took }'
}

for file; do
    log=$out/$(echo "$file" | tr '/' '_')
    began=$(date +%s)
    times >"$log.before" # not in $(...), which has other children
    begin "$file" >"$log.tap" 2>&1 </dev/null
    status=$?
    times >"$log.after"
    echo "$(spent "$log.before" "$log.after") $file" >"$log.cpu"
    # cmocka says "not ok 3 # SKIP name" of what was passed over.
    sed -i 's/^not ok \([0-9]* # SKIP \)/ok \1/' "$log.tap"
    skip=$(grep -c '^ok.*# SKIP' "$log.tap")
    good=$(($(grep -c '^ok' "$log.tap") - skip))
    bad=$(grep -c '^not ok' "$log.tap")
    {
        why=
        if [ "$bad" -eq 0 ] && { [ $status -ne 0 ] || [ $((good + skip)) -eq 0 ]; }; then
            bad=1
            why="exit status $status, $good passed before it"
        fi
        printf '%-46s %5d passed' "$file" "$good"
        [ "$bad" -gt 0 ] && printf ', %d FAILED' "$bad"
        [ "$skip" -gt 0 ] && printf ', %d skipped' "$skip"
        took=$(($(date +%s) - began))
        [ $took -ge 10 ] && printf ' (%d s)' $took
        printf '\n'
        [ -n "$why" ] && echo "    $why" && tail -n 20 "$log.tap"
        [ "$bad" -gt 0 ] && faults "$log.tap"
        [ "$skip" -gt 0 ] && grep '# SKIP' "$log.tap" | head -n 5
    } >"$log.said"
    cat "$log.said"
    echo "$good $bad $skip" >"$log.sum"
done
exit 0
