#!/bin/sh
# The manual pages and completions know every command and option, and the
# package holds them.
set -u
. "$(dirname "$0")/cli.sh"

sh "$root/assistant/dist/man/make.sh" "$BUILD/certmend" man 2>err
same "the pages are made" "0 " "$? $(cat err)"

verbs=$(certmend --help | awk '$1 == "certmend" && /^  / { gsub(/[][]/, "", $2); print $2 }')
faults=
for verb in "" $verbs; do
    [ -n "$verb" ] && ! grep -qx "\.Ss $verb" man/certmend.1 && faults="$faults $verb"
    # shellcheck disable=SC2086
    for option in $(certmend $verb --help | grep '^  \(-., \)*--' | cut -c1-30 | grep -oe '--[a-z0-9-]*'); do
        grep -q -e "^\.It.* Fl -${option#--}\( \|\$\)" man/certmend.1 ||
            faults="$faults $verb:$option"
    done
    [ -n "$verb" ] && ! [ -f "$root/assistant/dist/man/commands/$verb.mdoc" ] &&
        faults="$faults $verb:no-words"
done
tap "every command and option is in certmend(1)" "$faults"

faults=
for word in $(sed -n 's/.*\.word = "\([^"]*\)".*/\1/p' "$root/assistant/advise/facts.c"); do
    grep -q "^\.It Ic $word " man/certmend-rules.5 || faults="$faults $word"
done
tap "every word of the rules is in certmend-rules(5)" "$faults"

if command -v mandoc >/dev/null; then
    tap "mandoc finds nothing to complain about" \
        "$(mandoc -Tlint man/*.[15] 2>&1 | grep '^mandoc: man/' |
            grep -v 'referenced manual not found')"
else
    tap_skip "mandoc finds nothing to complain about" "no mandoc here"
fi

# completes SHELL WORDS... EXPECTED: what comes behind the words.
PATH=$BUILD:$PATH
if command -v bash >/dev/null; then
    completed()
    {
        bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _certmend
            echo "${COMPREPLY[*]}"' "$root/assistant/dist/completions/certmend.bash" "$@"
    }
    same "bash: a command" match "$(completed certmend matc)"
    same "bash: an option" --every "$(completed certmend watch --ev)"
    same "bash: a value" "mua mx" "$(completed certmend check --role m)"
    same "bash: a format" "json jsonl" "$(completed certmend --format j)"
    same "bash: a file" man "$(completed certmend csr --key ma)"
    faults=
    for verb in $verbs; do
        case " $(completed certmend "") " in
        *" $verb "*) ;;
        *) faults="$faults $verb" ;;
        esac
    done
    tap "bash: every command" "$faults"
fi
if command -v fish >/dev/null; then
    completed()
    {
        fish -c "source $root/assistant/dist/completions/certmend.fish; complete -C '$*'" 2>&1 |
            cut -f1 | sort -u | tr '\n' ' '
    }
    same "fish: a command" "match " "$(completed certmend matc)"
    same "fish: an option" "--every " "$(completed certmend watch --ev)"
    same "fish: a value" "mua mx " "$(completed certmend check --role m)"
else
    tap_skip "fish" "no fish here"
fi
if command -v zsh >/dev/null; then
    tap "zsh: reads it" "$(zsh -n "$root/assistant/dist/completions/_certmend" 2>&1)"
else
    tap_skip "zsh" "no zsh here"
fi

# The package, from the program that is being tested.
if command -v dpkg-shlibdeps >/dev/null && command -v dpkg-deb >/dev/null; then
    cd "$root" || exit 1
    deb=$(sh assistant/dist/packaging/deb.sh 2>"$here/err" | tail -n 1)
    cd "$here" || exit 1
    dpkg-deb -c "$deb" >list 2>>err
    faults=
    for file in bin/certmend man/man1/certmend.1.gz man/man5/certmend-rules.5.gz \
        bash-completion/completions/certmend doc/certmend/copyright; do
        grep -q "$file\$" list || faults="$faults $file"
    done
    tap "the package holds what it should" "${faults:+$faults: $(head -c 1000 err)}"
    dpkg-deb -x "$deb" unpacked 2>>err
    same "the packed program runs" "$(certmend --version)" "$(unpacked/usr/bin/certmend --version)"
    if command -v lintian >/dev/null; then
        tap "lintian finds no error" "$(lintian --allow-root "$deb" 2>&1 | grep '^E:')"
    else
        tap_skip "lintian finds no error" "no lintian here"
    fi
else
    tap_skip "the package" "no dpkg-dev here"
fi
tap_end
