#!/bin/sh
# The manual pages: their words are written here, their lists of commands,
# options and words of rules are the program's own.
#
#   sh assistant/dist/man/make.sh PROGRAM FOLDER
set -eu
program=$1 folder=$2
here=$(dirname "$0")
mkdir -p "$folder"
look=$folder/.look
trap 'rm -f "$look"' EXIT
"$program" --help | grep '^  \(-., \)*--' >"$look"

# For awk: a text as lines that fit the page's source.
fold='function fold(text,    word, count, line, i) {
    count = split(text, word, " ")
    line = word[1]
    for (i = 2; i <= count; i++) {
        if (length(line) + length(word[i]) > 78) {
            print line
            line = word[i]
        } else
            line = line " " word[i]
    }
    print line
}'

# options [KNOWN]: help text on standard input as a list; rows that the file
# KNOWN has are left out.
options()
{
    awk -v known="${1:-/dev/null}" "$fold"'
        BEGIN { while ((getline line < known) > 0) skip[line] = 1 }
        !match($0, /^  (-[a-zA-Z0-9], )?--[a-z0-9-]+/) { next }
        $0 in skip { shared = 1; next }
        {
            names = substr($0, 3, RLENGTH - 2)
            rest = substr($0, RLENGTH + 1)
            value = ""
            if (rest ~ /^ [^ ]/) {
                split(rest, word, " ")
                value = " Ar " word[1]
                sub(/^ [^ ]+/, "", rest)
            }
            sub(/^ +/, "", rest)
            sub(/^-/, "Fl ", names)
            sub(/, --/, " , Fl -", names)
            if (!open++)
                print ".Bl -tag -width Ds"
            print ".It " names value
            fold(rest)
        }
        END {
            if (open)
                print ".El"
            if (shared)
                print ".Pp\nTakes the options of\n.Sx LOOKING\nas well."
        }'
}


verbs()
{
    "$program" --help | awk '$1 == "certmend" && /^  / { gsub(/[][]/, "", $2); print $2 }'
}

synopsis()
{
    for verb in $(verbs); do
        "$program" "$verb" --help | sed -n '1s/^certmend \(.*\)/.Nm\n.Cm \1/p'
    done
}

commands()
{
    for verb in $(verbs); do
        "$program" "$verb" --help >"$folder/.help"
        echo ".Ss $verb"
        sed -n '2s/^ *\(.*\)/\1/p' "$folder/.help" |
            awk '{ print toupper(substr($0, 1, 1)) substr($0, 2) (/[?.]$/ ? "" : ".") }'
        if [ -f "$here/commands/$verb.mdoc" ]; then
            echo .Pp
            cat "$here/commands/$verb.mdoc"
        fi
        options "$look" <"$folder/.help"
        rm -f "$folder/.help"
    done
}

words()
{
    echo ".Bl -tag -width Ds"
    "$program" rules words | sed 's/^\([^ ]*\)  *\(yes or no\|[a-z]*\)  *\(.*\)/.It Ic \1 Pq \2\n\3/' |
        awk "$fold"'/^[.]/ { print; next } { fold($0) }'
    echo .El
}

# fill PAGE: lines such as ".\" options" become what the function prints.
fill()
{
    while IFS= read -r line; do
        case $line in
        '.\" = look') options <"$look" ;;
        '.\" = '*) ${line#'.\" = '} ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$here/$1" >"$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
}

fill certmend.1
fill certmend-rules.5
fill certmend-templates.5
