#!/bin/sh
# certmend check FILE: a certificate in a file, without the network; and what
# a saved survey gives when the disk is full.
set -u
. "$(dirname "$0")/cli.sh"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout c.key -out c.pem \
    -subj "/CN=mail.example.org" -addext "subjectAltName=DNS:mail.example.org,IP:192.0.2.5" \
    -days 60 2>/dev/null
openssl x509 -in c.pem -outform DER -out c.der
cat c.key c.pem >both.pem

says "the right name" 0 '"name_ok": true' check c.pem --name mail.example.org --ca-file c.pem --format json
says "DER" 0 '"service": "file"' check c.der --name mail.example.org --ca-file c.pem --format json
says "a key beside it" 0 '"trusted": true' check both.pem --name mail.example.org --ca-file c.pem --format json
says "an address" 0 '"name_ok": true' check c.pem --name 192.0.2.5 --ca-file c.pem --format json
says "the wrong name" 1 name.mismatch.sibling check c.pem --name smtp.example.org --ca-file c.pem --format json
says "what can be no host name" 1 '"name_ok": false' check c.pem --name 'mail_!' --ca-file c.pem --format json
says "as of another time" 1 cert.expired check c.pem --name mail.example.org --ca-file c.pem \
    --now 2099-01-01T00:00:00Z --format json
says "an untrusted one" 1 trust.self_signed check c.pem --name mail.example.org --format json \
    --ca-file "$root/tests/cli/other-root.pem"

says "a survey is kept" 0 "" check c.pem --name mail.example.org --ca-file c.pem --save kept.json
says "and judged again" 0 '"verdict": "ok"' judge kept.json --format json
says "at another time too" 1 cert.expired judge kept.json --now 2099-01-01T00:00:00Z --format json

# A file may not grow: what a full disk says, without one.
mkdir full
said=$( (trap '' XFSZ
    ulimit -f 0
    certmend check c.pem --name mail.example.org --ca-file c.pem --save full/s.json 2>&1 >/dev/null
    echo "status $?") | cat)
same "a full disk: status 2" "status 2" "$(echo "$said" | tail -n 1)"
case $said in
*full/s.json*) tap "a full disk: the file is named" "" ;;
*) tap "a full disk: the file is named" "$said" ;;
esac
same "a full disk: nothing half-written" "" "$(ls -A full)"
echo old >full/s.json
(trap '' XFSZ
    ulimit -f 0
    certmend check c.pem --name mail.example.org --ca-file c.pem --save full/s.json) \
    >/dev/null 2>&1
same "a full disk: what was there stays" "old" "$(cat full/s.json)"
if [ -w /dev/full ]; then
    certmend check c.pem --name mail.example.org --ca-file c.pem --format json \
        >/dev/full 2>.err
    same "standard output that takes nothing: status 2" 2 $?
fi
tap_end
