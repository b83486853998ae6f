#!/bin/sh
# certmend rules and explain; and a rule table with a fault in it.
set -u
. "$(dirname "$0")/cli.sh"

says "the table" 0 use-hostname rules table
says "its faults: none" 0 "" rules lint
says "a finding in plain words" 0 name explain name.mismatch.provider
says "a fix in plain words" 0 name explain use-hostname
says "... what it changes" 0 "changes: the server name" explain use-hostname
says "... how it is proven" 0 "proven: that name and port" explain use-hostname
says "... whose letter asks for it" 0 "ticket --to dns" explain update-caa
says "a gate in plain words" 0 "gate that stands before" explain names-that-go
says "a gate that is a finding too" 0 "gate that stands before" explain acme.caa_forbids
says "... the finding of it" 0 "smallest number first" explain acme.caa_forbids
# The one that is told first is the one that is considered first.
same "no smaller number stands below" 0 "$(certmend rules table | awk '
    !/^ / { last = 0 }
    /^  [ 0-9][ 0-9][0-9] / { late += $1 < last; last = $1; seen++ }
    END { print (seen > 200 ? late + 0 : "few rows: " seen) }')"
says "no gate" 2 names-that-stay explain names-that-stay

# spoil WHAT NEEDLE PROGRAM: a copy of the table, changed by a line of Python
# over its first file's document `d`, is refused with a sentence that names
# the file and NEEDLE.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout c.key -out c.pem \
    -subj "/CN=mail.example.org" -addext "subjectAltName=DNS:mail.example.org" 2>/dev/null
file=name.mismatch.provider.json
spoil()
{
    rm -rf rules
    cp -r "$root/rules" rules
    python3 -c "
import json
d = json.load(open('rules/$file'))
$3
json.dump(d, open('rules/$file', 'w'))
"
    says "$1" 2 "$2" check c.pem --name mail.example.org --rules rules
    same "$1: the file is named" 1 "$(grep -c -F "$file" .err)"
}
spoil "an unknown word" no_such_word "d['rows'][0]['when']['no_such_word'] = True"
spoil "an unknown fix" no-such-fix "d['rows'][0]['fix'] = 'no-such-fix'"
spoil "a row that is no row" "" "d['rows'][0] = 7"
# Messages: what loading refuses, and what lint finds.
file=acme-errors.json
odd()
{
    rm -rf rules
    cp -r "$root/rules" rules
    python3 -c "
import json
d = json.load(open('rules/$file'))
$4
json.dump(d, open('rules/$file', 'w'))
"
    says "$1" "$2" "$3" rules lint --rules rules
}
odd "a CA's words with an unknown key" 2 'acme-errors.json: problems[0]: unknown key "words"' "d['problems'][0]['words'] = []"
odd "a meaning twice" 2 'the id "caa" is taken' "d['meanings'] += [m for m in d['meanings'] if m['id'] == 'caa']"
odd "a meaning that says not when to ask again" 2 '"again"' "del d['meanings'][3]['again']"
odd "no last row for any words" 2 'has to fit everything' "d['problems'].pop()"
odd "a finding that nobody knows" 1 'there is no finding "dns.borken"' "d['meanings'][3]['findings'] = ['dns.borken']"
odd "a finding that a check reports too" 1 '"dns.nxdomain": a check reports it' \
    "d['findings'].append({'id': 'dns.nxdomain', 'title': 'a', 'why': 'b.'})"
odd "a wording behind one that says it all" 1 '"prevents issuance by" is never reached, problems[0]' \
    "d['problems'] = [{'meaning': 'caa', 'text': ['prevents issuance']},
                 {'meaning': 'ca-trouble', 'text': ['prevents issuance by']}] + d['problems']"
odd "a row behind any words" 1 '"any words" is never reached' "d['problems'].insert(0, d['problems'][-1])"
odd "a meaning that nothing leads to" 1 'no message leads to it' \
    "d['meanings'].append(dict(d['meanings'][0], id='nobody'))"
file=errors/go.json
odd "a program's message with an unknown key" 2 'errors/go.json: messages[0]: unknown key' "d['messages'][0]['words'] = []"
odd "a sample that says something else" 1 'the sample "hello" is taken for nothing' "d['messages'][0]['sample'] = 'hello'"
odd "a wording of two messages" 1 '"Unusual words" is taken for expired' \
    "d['messages'] += [{'client': 'a', 'meaning': m, 'text': ['Unusual words'], 'sample': 'Unusual words'} for m in ('expired', 'untrusted')]"
file=errors.json
odd "when to ask again is a CA's" 2 '"again"' "d['meanings'][0]['again'] = 'later'"
odd "a table without faults" 0 fine "pass"
rm rules/errors.json rules/acme-errors.json
says "rules without messages" 0 fine rules lint --rules rules

# What holds in the world: what loading refuses, and that it is judged by.
file=known.json
odd "a list of names with an unknown key" 2 'known.json: unknown key "nobody"' "d['nobody'] = []"
odd "a mark that is in every subject" 2 'default_certificates[0]' "d['default_certificates'][0] = {'subject': '', 'maker': 'x'}"
odd "a program that --software does not take" 2 '"oven"' "d['software'].append({'name': 'oven', 'kind': 'server'})"
file=calendar.json
odd "a gap in the calendar" 2 'calendar.json: calendar[1]' "d['calendar'][1]['since'] = '2020-09-02'"
odd "a date that nobody vouches for" 2 '"refs"' "d['calendar'][0]['refs'] = []"
file=authorities/letsencrypt.json
odd "a CA without a lifetime of today" 2 'every day' "d['profiles']['classic']['calendar'] = []"
odd "a CA whose staging is not known" 2 '"nowhere"' "d['staging'] = 'nowhere'"
odd "a limit of nothing" 2 'a limit of "mail"' "d['limits'][0]['of'] = 'mail'"

# judged WHAT STATUS NEEDLE FILE PYTHON: the same certificate, judged by a table
# that says something else.
judged()
{
    file=$4
    odd "$1: the table is fine" 0 fine "$5"
    says "$1" "$2" "$3" check c.pem --name "$6" --rules rules --no-color
}
judged "a default certificate of one's own" 1 name.placeholder_cert known.json \
    "d['default_certificates'].append({'own_subject': 'CN=mail.example.org', 'maker': 'the oven'})" \
    other.example.net
says "... and by the built-in one" 1 name.mismatch check c.pem --name other.example.net --no-color
judged "larger keys from some day on" 1 key.small calendar.json \
    "d['calendar'] = [dict(r, bits=384) if r['of'] == 'ec' else r for r in d['calendar']]" \
    mail.example.org
says "... and with the built-in one" 1 trust.self_signed check c.pem --name mail.example.org --no-color
same "... the key is large enough" 0 "$(grep -c key.small .out)"
same "... and a certificate can be ordered" 2 "$(grep -c 'certmend issue .mail' .out)"
openssl req -x509 -key c.key -out year.pem -days 365 -subj "/CN=mail.example.org" \
    -addext "subjectAltName=DNS:mail.example.org" 2>/dev/null
late=$(date -u -d "+325 days" +%Y-%m-%dT%H:%M:%SZ)
says "forty days before the end of a year" 1 trust.self_signed check year.pem --name \
    mail.example.org --now "$late" --no-color
same "... it is not late" 0 "$(grep -c renewal_overdue .out)"
odd "longer notice: the table is fine" 0 fine \
    "d['calendar'] = [dict(r, days=60) if r['of'] == 'long_notice' else r for r in d['calendar']]"
says "longer notice" 1 cert.renewal_overdue check year.pem --name mail.example.org \
    --now "$late" --rules rules --no-color
judged "deeper names than the CA takes" 1 "" authorities/letsencrypt.json "d['labels_max'] = 2" \
    mail.example.org
same "... so none is ordered" 0 "$(grep -c 'certmend issue' .out)"
for gone in known.json calendar.json authorities/letsencrypt.json; do rm "rules/$gone"; done
says "rules without what holds in the world" 0 fine rules lint --rules rules

says "a finding that messages alone tell" 0 "a message tells it" explain dns.broken
file=name.mismatch.provider.json
rm -rf rules
cp -r "$root/rules" rules
printf '{"rows": [' >"rules/$file"
says "a file that was cut" 2 "$file" check c.pem --name mail.example.org --rules rules
says "a folder that is not there" 2 nowhere check c.pem --name mail.example.org --rules nowhere
tap_end
