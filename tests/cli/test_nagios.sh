#!/bin/sh
# --format nagios: one line, and the exit status of a monitoring plugin.
set -u
. "$(dirname "$0")/cli.sh"

# plugin WHAT STATUS LINE ARGS...: the line begins with LINE.
plugin()
{
    what=$1 wanted=$2 line=$3
    shift 3
    out=$(certmend "$@" --format nagios 2>/dev/null </dev/null)
    status=$?
    faults=
    [ $status -eq "$wanted" ] || faults="exit status $status, not $wanted
"
    [ "$(printf '%s\n' "$out" | wc -l)" -eq 1 ] || faults="${faults}more than a line
"
    case $out in
    "CERTMEND $line - "*) ;;
    *) faults="${faults}it says: $out
" ;;
    esac
    tap "$what" "$faults"
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
    -days 60 -subj /CN=x -addext subjectAltName=DNS:mail.example.org \
    -addext extendedKeyUsage=serverAuth -addext basicConstraints=CA:FALSE \
    2>/dev/null
soon=$(date -u -d "+50 days" +%Y-%m-%dT%H:%M:%SZ)

plugin "nothing is wrong" 0 OK check ./cert.pem --name mail.example.org \
    --ca-file cert.pem
plugin "something will be wrong" 1 WARNING check ./cert.pem \
    --name mail.example.org --ca-file cert.pem --now "$soon"
early=$(date -u -d "+42 days" +%Y-%m-%dT%H:%M:%SZ)
plugin "renewal is due, and a timer still has time" 0 OK check ./cert.pem \
    --name mail.example.org --ca-file cert.pem --now "$early"
days=$(date -u -d "+54 days" +%Y-%m-%dT%H:%M:%SZ)
plugin "six of 60 days are left" 1 WARNING check ./cert.pem \
    --name mail.example.org --ca-file cert.pem --now "$days"
hours=$(date -u -d "+59 days -1 hour" +%Y-%m-%dT%H:%M:%SZ)
plugin "the last hours" 2 CRITICAL check ./cert.pem \
    --name mail.example.org --ca-file cert.pem --now "$hours"
case $out in
*" The certificate ends on $(date -u -d "+60 days" +%Y-%m-%d), 2"[345]" hours.") fault= ;;
*) fault=$out ;;
esac
tap "they are counted, with the day" "$fault"
plugin "something is wrong" 2 CRITICAL check ./cert.pem \
    --name mail.example.com --ca-file cert.pem
plugin "what cannot be read is unknown" 3 UNKNOWN check ./none.pem

tap_end
