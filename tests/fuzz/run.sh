#!/bin/sh
# Every fuzz target over its kept inputs and a few thousand changes of them.
#
#   sh tests/fuzz/run.sh                  briefly, as TAP, for make test
#   T=name S=seconds sh tests/fuzz/run.sh one target (or all), for so long
#
# What is found lies in build/fuzz/found afterwards; new inputs worth keeping
# in build/fuzz/new.
set -u
here=$(dirname "$0")
. "$here/../tap.sh"
build=build/fuzz
BRIEFLY=2000
: "${S:=}" "${T:=}"
if ! command -v clang >/dev/null; then
    tap_skip "fuzz targets" "no clang here"
    tap_end
    exit 0
fi
# What a make above us was told is not for the build below.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

targets=
for source in "$here"/fuzz_${T:-*}.c; do
    [ -f "$source" ] && targets="$targets $build/$(basename "$source" .c)"
done
mkdir -p "$build/found"
# For a brief run building costs more than running.
opt=-O0
[ -n "$S" ] && opt=-O1
make -j"$(nproc)" -k BUILD=$build CC=clang OPT="$opt -g" HARDEN= HARDEN_LD= \
    WARN=-w SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" \
    $targets >"$build/make.log" 2>&1

# stretch NAME: how long a run is, in libFuzzer's words.
stretch()
{
    if [ -n "$S" ]; then
        echo "-max_total_time=$S"
    else
        echo "-runs=$BRIEFLY -max_total_time=20"
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
