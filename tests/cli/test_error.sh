#!/bin/sh
# certmend error: what a pasted message means, without the network; and
# certmend watch: says so once when it is mended.
set -u
. "$(dirname "$0")/cli.sh"

gmail="TLS Negotiation failed, the certificate doesn't match the host., code: 0"
says "Gmail's message" 0 Gmail error "$gmail"
says "its candidates" 0 '"trust.self_signed"' error "$gmail" --format json
says "nobody said where" 0 '"host": null' error "$gmail" --format json
says "nor which port" 0 '"port": null' error "$gmail" --format json
says "several words" 0 '"client": "Gmail"' error --format json TLS Negotiation failed, the \
    certificate "doesn't" match the host
says "another client's, with the names in it" 0 '"host": "smtp.example.org"' error --format json \
    "dial smtp.example.org:465: x509: certificate is valid for a.example.net, not smtp.example.org"
says "the check to run" 0 "certmend check smtp.example.org:465" error \
    "dial smtp.example.org:465: x509: certificate is valid for a.example.net, not smtp.example.org"
says "an IPv6 address" 0 "certmend check [2001:db8::25]:465" error \
    "[2001:db8::25]:465: TLS Negotiation failed"
says "a CA's, and the check that fits" 0 "certmend acme preflight smtp.example.org" error \
    "Fetching http://smtp.example.org/.well-known/acme-challenge/x: Connection refused"
says "a CA's, and nobody said of which name" 0 "certmend acme preflight HOST" error "JWS verification error"
says "what no look finds has a title" 0 "The authority takes no more orders" error \
    "too many certificates (5) already issued for this exact set of domains"
says "no message" 1 '"recognised": false' error "It works, thank you" --format json
says "no message, but a server" 1 "certmend check mail.example.org:587" error \
    "Fehler bei mail.example.org:587"
says "nothing" 1 '"candidates": []' error "" --format json
says "a format that is none" 2 yaml error "$gmail" --format yaml
says "rules that are not there" 2 nowhere error "$gmail" --rules nowhere
says "its options" 0 "--format" error --help

printf '> TLS Negotiation\n> failed, the certificate\n> doesn\342\200\231t match\n> the host.\n' >mail.txt
certmend error --format json - <mail.txt >out.json
same "on standard input, quoted" "0 1" "$? $(grep -c '"client":.*Gmail' out.json)"
certmend error <mail.txt >/dev/null
same "without a word too" 0 $?
head -c 3000000 /dev/zero | tr '\0' a | certmend error >/dev/null 2>err.txt
same "three million letters" 2 $?

mkdir other
cat >other/errors.json <<'E2'
{ "meanings": [ { "id": "intercepted", "means": "Ours.", "look": "There.", "findings": ["conn.refused"] } ],
  "messages": [ { "client": "ours", "meaning": "intercepted", "text": ["own words"], "sample": "own words" } ],
  "strangers": [], "big_providers": [] }
E2
says "a table of one's own" 0 Ours. error --rules other "These are OWN words"
mkdir -p other/errors/languages
echo '{ "client": "theirs", "messages": [ { "meaning": "intercepted", "text": ["Ihre Wörter"] } ] }' \
    >other/errors/languages/de.json
says "a file of a language beside it" 0 theirs error --rules other "$(printf 'IHRE WO\314\210RTER')"
says "... and the other ones" 0 ours error --rules other "own words"
says "... and none that is built in" 1 'recognised": false' error --rules other --format json "$gmail"
echo '{ "client": "theirs", "words": [] }' >other/errors/broken.json
says "a broken file beside it" 2 other/errors/broken.json error --rules other "own words"
rm other/errors/broken.json
echo '{}' >other/errors.json
says "a broken table" 2 other/errors.json error --rules other "own words"

# A certificate in a file, mended while certmend watches.
request()
{
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
        -out "$1" -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
        -addext basicConstraints=critical,CA:FALSE -days 60 2>/dev/null
}
request right.pem mail.example.org
request wrong.pem smtp.example.org
cat right.pem wrong.pem >roots.pem
cp wrong.pem now.pem
(sleep 1.5 && cp right.pem new.pem && mv new.pem now.pem) &
certmend watch now.pem --name mail.example.org --ca-file roots.pem --every 1 --for 60 >said 2>noted
same "watch ends when it is mended" 0 $?
same "and says so once" 1 "$(grep -c 'is mended' said)"
same "and nothing else" 1 "$(wc -l <said | tr -d ' ')"
same "it notes what is wrong, once" 1 "$(grep -c 'another name' noted)"
same "and that nothing has changed" yes "$(grep -q unchanged noted && echo yes)"
wait
says "watch, and nothing was wrong" 0 "nothing is wrong" watch now.pem --name mail.example.org \
    --ca-file roots.pem --every 1 --for 60
says "watch, as JSON" 0 '"verdict": "ok"' watch now.pem --name mail.example.org --ca-file roots.pem \
    --format json
certmend watch wrong.pem --name mail.example.org --ca-file roots.pem --every 1 --for 1 >said 2>noted
same "watch until the time is up" 1 $?
same "and nothing is said then" "" "$(cat said)"
says "watch what cannot be read" 2 nowhere.pem watch ./nowhere.pem
says "watch two" 2 "one mail server" watch a.example.org b.example.org
says "watch nobody" 2 "one mail server" watch
says "watch every nothing" 2 "--every" watch a.example.org --every 0
says "watch for a word" 2 "--for" watch a.example.org --for ever
certmend watch 127.0.0.1:1 --connect-to :::1 --every 1 --for 1 --resolver 127.0.0.1:1 >/dev/null 2>&1
status=$?
same "watch where nothing answers: 1 or 3, never 0" yes "$([ $status -eq 1 ] || [ $status -eq 3 ] && echo yes)"
tap_end
