# Completion of certmend's command line, for bash. What there is to say the
# program is asked: certmend --help, certmend COMMAND --help.

_certmend_rows()
{
    if [ -n "$1" ]; then
        command certmend "$1" --help 2>/dev/null
    else
        command certmend --help 2>/dev/null
    fi
}

_certmend()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local verbs verb='' rows value
    COMPREPLY=()
    verbs=$(_certmend_rows | sed -n 's/^  certmend \[*\([a-z]*\).*/\1/p')
    if [ "$COMP_CWORD" -gt 1 ] && grep -qx -e "${COMP_WORDS[1]}" <<<"$verbs"; then
        verb=${COMP_WORDS[1]}
    fi
    rows=$(_certmend_rows "$verb" | grep '^  \(-., \)*--')
    case $before in
    --*) value=$(sed -n "s/^  .*$before \([^ ][^ ]*\).*/\1/p" <<<"$rows" | head -n 1) ;;
    esac
    case $value in
    *[a-z]*\|*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$word") ;;
    FORMAT) mapfile -t COMPREPLY < <(compgen -W "text json jsonl html table csv nagios openmetrics" -- "$word") ;;
    DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    FILE | REPORT | PROGRAM) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    '')
        if [ "${word#-}" != "$word" ]; then
            mapfile -t COMPREPLY < <(compgen -W \
                "$(grep -o -e '--[a-z0-9-]*' <<<"$(cut -c1-30 <<<"$rows")") --help" -- "$word")
        elif [ "$verb" = undo ]; then
            mapfile -t COMPREPLY < <(compgen -W \
                "$(command certmend undo --list 2>/dev/null | grep -o '^20[^ ]*')" -- "$word")
        elif [ "$COMP_CWORD" -eq 1 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$verbs" -A hostname -- "$word")
        else
            mapfile -t COMPREPLY < <(compgen -f -A hostname -- "$word")
        fi
        ;;
    esac
}

complete -o filenames -F _certmend certmend
