#!/bin/sh
# README shows what the program prints today, and every command there is.
#
#   test_readme.sh [--write]        write the transcript anew
set -u
. "$(dirname "$0")/cli.sh"
readme=$root/README.md

# block HEADING FILE: the first fenced block under a heading.
block()
{
    awk -v heading="## $1" '$0 == heading { here = 1; next }
        here && /^```/ { if (fences++) exit; next }
        fences' "$2"
}

# The demonstration, without its own words and the way into its small internet.
shown()
{
    (cd "$root" && sh tests/demo/run.sh) | sed -n \
        -e '/^\$ openssl/q' \
        -e '/^The same server is yours/{n;d;}' \
        -e 's/ --resolver 127\.0\.0\.1:.*//' \
        -e '/^\$ certmend check [^ ]*$/,$p' |
        sed -e :trim -e '/^\n*$/{$d;N;b trim' -e '}'
}

undated()
{
    sed 's/[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]/DATE/g; s/[0-9]* [A-Z][a-z]* 20[0-9][0-9]/DATE/g' "$1"
}

# verbs FILE: of lines such as "certmend [check] TARGET..."
verbs()
{
    sed -n 's/^ *certmend \[*\([a-z]*\)\]* .*/\1/p' "$1" | sort -u
}

shown >shown.txt
if [ "${1-}" = --write ]; then
    awk -v text=shown.txt '$0 == "## What it looks like" { here = 1 }
        here && /^```/ && fences++ { here = 0 }
        here && fences { if (!told++) { print; while ((getline line <text) > 0) print line }; next }
        { print }' "$readme" >written.md && cat written.md >"$readme"
    exit
fi

block "What it looks like" "$readme" >kept.txt
undated kept.txt >kept.undated
undated shown.txt >shown.undated
tap "the transcript is what is printed" "$(diff kept.undated shown.undated)"
tap "it is one" "$([ -s shown.txt ] || echo "the demonstration says nothing")"
block "Commands" "$readme" >commands.txt
certmend --help >help.txt
verbs commands.txt >in-readme
verbs help.txt >in-help
tap "every command is in README, and no other" "$(diff in-help in-readme)"
tap "there are commands" "$([ "$(wc -l <in-help)" -gt 5 ] || cat help.txt)"
tap_end
