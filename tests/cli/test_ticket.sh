#!/bin/sh
# certmend ticket: the letter, and certmend explain no.*: what is never advised.
set -u
. "$(dirname "$0")/cli.sh"

# A report as check --format json gives it, cut to what a letter needs.
cat >report.json <<'END'
{"schema": "certmend.report/1", "looked_at": "2026-11-23T12:00:00Z",
 "asked": {"host": "mail.example.com"}, "verdict": "problems",
 "endpoints": [
  {"host": "mail.example.com", "address": "192.0.2.1", "port": 587,
   "service": "submission", "security": "starttls", "sni": "mail.example.com",
   "asked": true, "state": "faulty", "name_ok": false, "trusted": true, "certificate": "aa"},
  {"host": "mail.example.com", "address": "192.0.2.1", "port": 465,
   "service": "submissions", "security": "implicit", "sni": "mail.example.com",
   "asked": true, "state": "faulty", "name_ok": false, "trusted": true, "certificate": "aa"},
  {"host": "mail.example.com", "address": "192.0.2.1", "port": 110,
   "service": "pop3", "security": "starttls", "sni": null,
   "asked": true, "state": "refused", "name_ok": null, "trusted": null, "certificate": null}],
 "certificates": [{"sha256": "aa", "subject": "CN=server42.example.net",
   "dns_names": ["server42.example.net"], "ip_names": [], "issuer": "CN=R12",
   "not_before": "2026-10-01T00:00:00Z", "not_after": "2026-12-30T00:00:00Z"}],
 "findings": [{"id": "name.mismatch.provider", "severity": "error",
   "where": ["192.0.2.1:587", "192.0.2.1:465"], "title": "Another name", "detail": "It is for another name."}],
 "fixes": [
  {"id": "use-hostname", "params": {"hostname": "server42.example.net"}},
  {"id": "issue-certificate", "brings": "certificate",
   "params": {"names": ["mail.example.com"]}},
  {"id": "ask-provider", "params": {"request": "Please install a certificate that covers mail.example.com."}}]}
END

# letter WHAT NEEDLE ARGS...: the letter holds NEEDLE.
letter()
{
    what=$1 needle=$2
    shift 2
    says "$what" 1 "$needle" ticket --from report.json "$@"
}

letter "what was asked" "mail.example.com"
letter "both ports in one line" "192.0.2.1, port 587, 465:"
letter "what they showed" "issued for: server42.example.net"
letter "a command to repeat it" \
    "openssl s_client -connect mail.example.com:587 -starttls smtp -servername mail.example.com -verify_hostname mail.example.com </dev/null"
sed 's/"sni": "mail.example.com"/"sni": null/' report.json >bare.json
says "a look without SNI is told too" 1 "issued for: server42.example.net" ticket --from bare.json
says "... and repeated without one" 1 \
    "openssl s_client -connect mail.example.com:587 -starttls smtp -noservername -verify_hostname mail.example.com </dev/null" \
    ticket --from bare.json
sed 's/"asked": {"host": "mail.example.com"}/"asked": {"host": "example.com"}/' report.json >domain.json
says "the mail server of a domain, not the domain" 1 \
    "openssl s_client -connect mail.example.com:587" ticket --from domain.json
sed '/"port": 465/,/"aa"/{s/"port": 465/"port": 587/;s/"sni": "[^"]*"/"sni": null/;s/"aa"/"bb"/;}' report.json >both.json
same "... but not beside the one with SNI" "1" \
    "$(certmend ticket --from both.json | grep -c '192.0.2.1, port')"
python3 - <<'END'
import json
report = json.load(open("report.json"))
report["asked"]["domain"] = "example.com"
report["findings"] += [
    {"id": "port.divergent", "severity": "error", "where": [], "title": "They differ",
     "detail": "465 fails, 993 is right.", "part_of": "name.mismatch.provider"},
    {"id": "name.mismatch.provider", "severity": "error", "where": [], "title": "Another name",
     "detail": "Elsewhere too."}]
report["fixes"][2]["params"]["requests"] = ["Please mend one.", "Please mend the other."]
report["fixes"] += [{"id": "fix-dns", "title": "Mend " + name,
                     "params": {"name": name, "type": "SRV", "wrong": ["a"], "right": ["b"]}}
                    for name in ("_imaps._tcp", "_submissions._tcp")]
json.dump(report, open("many.json", "w"))
END
letters() { certmend ticket --from many.json "$@"; }
same "a domain: every request" "Please mend one.
Please mend the other." "$(letters | sed -n '/^Please mend/p')"
same "... to the own IT too" 2 "$(letters --to it | grep -c '^Please mend')"
same "a fault is told once, with what it shows in" "  Another name.
  It is for another name.
  465 fails, 993 is right.
  Another name.
  Elsewhere too." "$(letters | sed -n '/^What is wrong/,/^$/{//d;p;}')"
same "every record" "Name: _imaps._tcp
Name: _submissions._tcp" "$(letters --to dns | grep '^Name: ')"
letter "one request" "covers mail.example.com."
letter "a way round" "server42.example.net looks right"
letter "to the own IT" "our mail server" --to it
letter "to the seller: the names" "  mail.example.com" --to seller
same "no table, and short lines but for the command" "" \
    "$(certmend ticket --from report.json | grep -v '^openssl' | grep -E '.{73}|\|')"
same "a closed port that nobody complains about is left out" "" \
    "$(certmend ticket --from report.json | grep 110)"

says "nothing for the DNS to do" 2 "nothing in its plan" ticket --from report.json --to dns
says "an unknown recipient" 2 "seller" ticket --from report.json --to santa
says "no target" 2 "mail server" ticket
says "a file that is not there" 2 "nowhere.json" ticket --from nowhere.json
sed 's/mail.example.com"}, "verdict": "problems"/x;id"}, "verdict": "problems"/' report.json >evil.json
says "a host that is none" 2 "report about a server" ticket --from evil.json
sed 's/"host": "mail.example.com", "address"/"host": "x;id", "address"/' report.json >evil.json
same "no command with a host that is none" "" "$(certmend ticket --from evil.json | grep openssl)"
sed 's/It is for another name/\\u001b[31mred/' report.json >evil.json
says "control characters in a report" 2 "control" ticket --from evil.json
sed 's/"problems"/"ok"/' report.json >ok.json
says "nothing is wrong" 0 "no letter" ticket --from ok.json

says "all that is never advised" 0 "no.cname" explain no
says "why not: switching the check off" 0 "RFC 8314" explain no.disable-checking
says "why not: an alias" 0 "CNAME" explain no.cname
says "an unknown one" 2 "explain no" explain no.such
says "software that nobody knows" 2 "postfix, dovecot" check c.pem --software nix
tap_end
