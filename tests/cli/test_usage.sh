#!/bin/sh
# What bad input gets: a sentence, status 2, and nothing written.
set -u
. "$(dirname "$0")/cli.sh"

long=$(printf '%0300d' 0 | tr 0 a)
printf 'no certificate\n' >garbage.pem
printf '{"schema": ' >cut.json
printf '{"schema": "something/9"}\n' >foreign.json
: >empty.pem
mkdir folder.pem

says "no targets on standard input" 2 "standard input" check - --format json
says "an unknown option" 2 "--frobnicate" check mail.example.org --frobnicate
says "an option mistyped" 2 'did you mean "--resolver"' check mail.example.org --resolvr 127.0.0.1
says "an option mistyped, with its value" 2 'did you mean "--resolver"' check mail.example.org --resolvr=127.0.0.1
says "an option like no other" 2 "certmend --help lists them" check mail.example.org --frobnicate
says "a command mistyped" 2 'did you mean "certmend check"' chek mail.example.org
says "a command mistyped, alone" 2 'did you mean "certmend renew"' rennew
says "a short command mistyped" 2 'did you mean "certmend fix"' fxi mail.example.org
says "an id mistyped" 2 'did you mean "certmend explain chain.incomplete"' explain chain.incomplet
says "the beginning of an id mistyped" 2 'explain name.mismatch.' explain name.mismtach
says "a fix mistyped" 2 'did you mean "certmend explain use-hostname"' explain use-hostnmae
says "an id like no other" 2 "rules table" explain frobnicate.it
says "a host that is one letter from a command" 3 "" fax --resolver 127.0.0.1:9 --timeout 1
says "an option without its value" 2 "--port" check mail.example.org --port
says "a port that is no number" 2 "https" check mail.example.org --port https
says "a port beyond the last" 2 65536 check mail.example.org --port 65536
says "a port glued to the name that is none" 2 "" check mail.example.org:99999
says "an unknown service" 2 gopher check mail.example.org --service gopher
says "an unknown scheme" 2 gopher check gopher://mail.example.org
says "an unknown role" 2 pope check mail.example.org --role pope
says "an unknown format" 2 yaml check mail.example.org --format yaml
says "a time that is none" 2 yesterday check mail.example.org --now yesterday
says "a name of 300 characters" 2 "" check "$long"
says "a label of 64 characters" 2 "" check "$(echo "$long" | cut -c1-64).example.org"
says "a resolver that is none" 2 nowhere check mail.example.org --resolver nowhere
says "a --connect-to with three fields" 2 "" check mail.example.org --connect-to a:b:c
says "a file without a certificate" 2 garbage.pem check ./garbage.pem --name mail.example.org
says "an empty file" 2 empty.pem check ./empty.pem --name mail.example.org
says "a folder for a file" 2 folder.pem check ./folder.pem --name mail.example.org
says "a file of roots that is not there" 2 nowhere.pem check mail.example.org --ca-file nowhere.pem
says "a survey that is not there" 2 nowhere.json judge nowhere.json
says "a survey that was cut" 2 cut.json judge cut.json
says "a survey of something else" 2 foreign.json judge foreign.json
mkdir requests
printf 'none\n' >requests/mail.csr
says "a request mistyped" 2 'did you mean "requests/mail.csr"' csr lint requests/mial.csr
says "the only request there" 2 'did you mean "requests/mail.csr"' csr lint requests/x.csr
says "a request where none is" 2 "No such file or directory" csr lint nowhere/x.csr
printf 'none\n' >requests/www.csr
certmend csr lint requests/x.csr >.out 2>.err
same "no guess among several" 0 "$(grep -c "did you mean" .err)"
printf 'none\n' >"requests/ma$(printf '\033')l.csr"
rm requests/mail.csr
certmend csr lint requests/mail.csr >.out 2>.err
same "a file's name reaches no terminal as it is" \
    'certmend: requests/mail.csr cannot be read: No such file or directory; did you mean "requests/ma?l.csr"?' "$(cat .err)"
rm -r requests
says "a finding nobody knows" 2 name.wrong explain name.wrong
says "a request for no name" 2 "" csr
says "a request for what is no name" 2 "mail example" csr "mail example"
says "a request with an unknown key" 2 rsa512 csr mail.example.org --key-type rsa512
says "a request from a report that is not there" 2 nowhere.json csr --from nowhere.json
certmend >.out 2>.err
same "no arguments: status 2" 2 $?
same "no arguments: what there is" 1 "$(cat .out .err | grep -c "^  certmend match")"
says "the version" 0 certmend --version
same "nothing was written" "cut.json empty.pem folder.pem foreign.json garbage.pem " \
    "$(find . -mindepth 1 ! -name '.out' ! -name '.err' -printf '%P\n' | sort | tr '\n' ' ')"
tap_end
