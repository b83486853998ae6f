#!/bin/sh
# certmend rules and explain; and a rule table with a fault in it.
set -u
. "$(dirname "$0")/cli.sh"

says "the table" 0 use-hostname rules table
says "its faults: none" 0 "" rules lint
says "a finding in plain words" 0 name explain name.mismatch.provider
says "a fix in plain words" 0 name explain use-hostname

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
rm -rf rules
cp -r "$root/rules" rules
printf '{"rows": [' >"rules/$file"
says "a file that was cut" 2 "$file" check c.pem --name mail.example.org --rules rules
says "a folder that is not there" 2 nowhere check c.pem --name mail.example.org --rules nowhere
tap_end
