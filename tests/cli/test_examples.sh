#!/bin/sh
# Every example does what its expected.txt shows.
set -u
. "$(dirname "$0")/cli.sh"

export BUILD
for run in "$root"/examples/*/run.sh; do
    folder=$(dirname "$run")
    [ -f "$folder/expected.txt" ] || continue
    NO_COLOR=1 sh "$run" >got.txt 2>&1 </dev/null
    tap "$(basename "$folder")" "$(diff "$folder/expected.txt" got.txt)"
done
tap_end
