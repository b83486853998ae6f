#!/bin/sh
# Every fuzz target over its kept inputs and a few thousand changes of them.
#
#   sh tests/fuzz/run.sh                  briefly, as TAP, for make test: with
#                                         the code as it was built already
#   S=seconds T=name sh tests/fuzz/run.sh each target (or one) for so long, with
#                                         sanitizers, led by what is reached
#
# What is found lies in build/fuzz/found afterwards; new inputs worth keeping
# in build/fuzz/new.
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
BRIEFLY=2000
: "${BUILD:=build}" "${S:=}" "${T:=}"
build=build/fuzz
[ -n "$S" ] || build=$BUILD/fuzz/brief
if ! command -v clang >/dev/null; then
    tap_skip "fuzz targets" "no clang here"
    tap_end
    exit 0
fi

targets=
for source in "$here"/fuzz_${T:-*}.c; do
    [ -f "$source" ] && targets="$targets $build/$(basename "$source" .c)"
done
mkdir -p "$build/found"
if [ -n "$S" ]; then
    # What a make above us was told is not for this build.
    unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
    make -j"$(nproc)" -k BUILD=$build CC=clang OPT="-O1 -g" HARDEN= HARDEN_LD= WARN=-w \
        SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" $targets
else
    make -k BUILD="$BUILD" $targets
fi >"$build/make.log" 2>&1

# stretch NAME: how long a run is, in libFuzzer's words.
stretch()
{
    if [ -n "$S" ]; then
        echo "-max_total_time=$S"
    else
        echo "-runs=$BRIEFLY -max_total_time=4"
    fi
}

for target in $targets; do
    name=$(basename "$target" | sed 's/^fuzz_//')
    if [ ! -x "$target" ]; then
        tap "fuzz $name" "it does not build: $(grep -m 3 -E 'error|undefined' "$build/make.log")"
        continue
    fi
    mkdir -p "$build/new/$name" "$here/corpus/$name"
    # shellcheck disable=SC2046
    if "$target" $(stretch) -timeout=10 -rss_limit_mb=2048 -seed=1 \
        -artifact_prefix="$build/found/$name-" "$build/new/$name" \
        "$here/corpus/$name" >"$build/$name.log" 2>&1; then
        tap "fuzz $name: $(grep -E '^Done|DONE' "$build/$name.log" | tail -n 1)" ""
    else
        tap "fuzz $name" "$(grep -E 'ERROR|SUMMARY|runtime error|written to|ALARM' \
            "$build/$name.log" | head -n 8)"
    fi
done
tap_end
