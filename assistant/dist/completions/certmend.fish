# Completion of certmend's command line, for fish. What there is to say the
# program is asked: certmend --help, certmend COMMAND --help.

function __certmend_verbs
    command certmend --help 2>/dev/null |
        string replace -rf '^  certmend \[?([a-z]+)\S*.*?(?:\s{2,}|\S\s)([^ ].*)$' '$1\t$2'
end

function __certmend_verb
    set -l words (commandline -opc)
    test (count $words) -gt 1
    and contains -- $words[2] (__certmend_verbs | string replace -r '\t.*' '')
    and echo $words[2]
end

function __certmend_options
    command certmend (__certmend_verb) --help 2>/dev/null |
        string replace -rf '^  (?:-., )?(--[a-z0-9-]+)(?: \S+)? +(.*)$' '$1\t$2'
    printf '%s\t%s\n' --help 'its options'
end

# What stands behind an option: words, files, folders.
function __certmend_values
    set -l words (commandline -opc)
    set -l value (command certmend (__certmend_verb) --help 2>/dev/null |
        string replace -rf -- "^  .*$words[-1] (\S+).*" '$1')
    switch "$value"
        case FORMAT
            printf '%s\n' text json jsonl html table csv nagios openmetrics
        case DIR
            __fish_complete_directories (commandline -ct)
        case FILE REPORT PROGRAM
            __fish_complete_path (commandline -ct)
        case '*|*'
            string match -rq '[a-z]' -- $value
            and string split '|' -- $value
    end
end

function __certmend_wants_value
    set -l words (commandline -opc)
    string match -q -- '--*' $words[-1]
    and command certmend (__certmend_verb) --help 2>/dev/null |
        string match -rq -- "^  .*$words[-1] \S"
end

complete -c certmend -f
complete -c certmend -n __certmend_wants_value -a '(__certmend_values)'
complete -c certmend -n 'not __certmend_wants_value; and not __certmend_verb >/dev/null' \
    -a '(__certmend_verbs)'
complete -c certmend -n 'not __certmend_wants_value' -a '(__fish_print_hostnames)'
complete -c certmend -n 'not __certmend_wants_value; and string match -q -- "-*" (commandline -ct)' \
    -a '(__certmend_options)'
complete -c certmend -n 'not __certmend_wants_value; and __certmend_verb >/dev/null' \
    -a '(__fish_complete_path (commandline -ct))'
complete -c certmend -n 'not __certmend_wants_value; and string match -q undo (__certmend_verb)' \
    -a '(command certmend undo --list 2>/dev/null | string match -r "^20\S+")'
