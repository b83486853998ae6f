#!/bin/sh
# certmend csr: openssl verifies every request, openssl ca signs it, and the
# certificate has exactly the names asked for. Keys are 0600 and stay.
set -u
. "$(dirname "$0")/cli.sh"
umask 000

cat >ca.cnf <<END
[ca]
default_ca = d
[d]
database = $here/index.txt
new_certs_dir = $here
private_key = $here/ca.key
certificate = $here/ca.pem
rand_serial = yes
unique_subject = no
default_md = sha256
default_days = 60
policy = p
copy_extensions = copy
[p]
commonName = optional
END
: >index.txt
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key \
    -out ca.pem -subj "/CN=Test CA" -days 99 2>/dev/null

# names FILE: its SANs, sorted, on one line.
names()
{
    openssl x509 -in "$1" -noout -ext subjectAltName 2>/dev/null | sed 1d |
        tr ',' '\n' | sed 's/^ *//' | sort | tr '\n' ' ' | sed 's/ $//'
}

# orders WHAT STEM SANS KEY ARGS...: certmend csr ARGS makes STEM.key and
# STEM.csr with a key that openssl calls KEY; signed, it has exactly SANS.
orders()
{
    what=$1 stem=$2 sans=$3 key=$4
    shift 4
    rm -f ./*.key.pem "$stem.crt"
    said=$(certmend csr "$@" 2>&1) || {
        tap "$what" "exit status $?: $said"
        return
    }
    faults=
    [ "$(stat -c %a "$stem.key")" = 600 ] ||
        faults="$stem.key has mode $(stat -c %a "$stem.key")
"
    openssl req -verify -noout -in "$stem.csr" >verified 2>&1 || faults="$faults$(cat verified)
"
    openssl req -in "$stem.csr" -noout -text >text
    grep -q "Public-Key: ($key)" text || faults="${faults}$(grep Public-Key text), not $key
"
    grep -qE 'challengePassword|Key Usage' text && faults="${faults}more was asked for than names
"
    # As most authorities do: the subject is theirs to fill in.
    openssl ca -config ca.cnf -batch -notext -in "$stem.csr" -subj "/CN=x" \
        -out "$stem.crt" >signed 2>&1 || faults="$faults$(tail -n 3 signed)
"
    [ "$(names "$stem.crt")" = "$sans" ] || faults="${faults}names $(names "$stem.crt"), not $sans
"
    tap "$what" "$faults"
}

one="DNS:mail.example.org"
orders "P-256, the default" mail.example.org "$one" "256 bit" mail.example.org
same "no subject unless asked for" "subject=" \
    "$(openssl req -in mail.example.org.csr -noout -subject | sed 's/ *$//')"
before=$(cat mail.example.org.key mail.example.org.csr | cksum)
says "nothing is overwritten" 2 mail.example.org csr mail.example.org
same "and it is as it was" "$before" "$(cat mail.example.org.key mail.example.org.csr | cksum)"

for kind in ec384:384 rsa2048:2048 rsa3072:3072 rsa4096:4096; do
    orders "$kind bits" "k${kind%:*}.example.org" "DNS:k${kind%:*}.example.org" \
        "${kind#*:} bit" "k${kind%:*}.example.org" --key-type "${kind%:*}"
done
orders "several names, one of them twice" a.example.org \
    "DNS:a.example.org DNS:b.example.org DNS:c.example.org" "256 bit" \
    a.example.org b.example.org c.example.org B.Example.org.
orders "a wildcard and its domain" _wildcard.example.org "DNS:*.example.org DNS:example.org" \
    "256 bit" '*.example.org' example.org
orders "addresses" 9.9.9.9 "IP Address:2620:FE:0:0:0:0:0:FE IP Address:9.9.9.9" "256 bit" \
    9.9.9.9 2620:fe::fe
orders "a name with an umlaut" xn--bcher-kva.example.org "DNS:xn--bcher-kva.example.org" \
    "256 bit" bücher.example.org
orders "a common name" cn.example.org "DNS:cn.example.org" "256 bit" cn.example.org \
    --cn cn.example.org
same "it is there" "subject=CN = cn.example.org" \
    "$(openssl req -in cn.example.org.csr -noout -subject)"
says "a common name that is not among the names" 2 other.example.org csr n.example.org \
    --cn other.example.org
orders "files of the person's choice" chosen "DNS:x.example.org" "256 bit" x.example.org \
    --out-key chosen.key --out-csr chosen.csr

certmend csr y.example.org --key mail.example.org.key --out-csr y.csr >/dev/null 2>&1
same "an old key is used" "$(openssl pkey -in mail.example.org.key -pubout)" \
    "$(openssl req -in y.csr -noout -pubkey)"
same "and no new one made" "" "$(find . -name 'y*.key')"

cat >report.json <<END
{"fixes":[{"id":"issue-certificate","params":{"names":["p.example.org","q.example.org"]}}]}
END
orders "the names of a plan, one more and one less" p.example.org \
    "DNS:p.example.org DNS:r.example.org" "256 bit" --from report.json --add r.example.org \
    --drop q.example.org
says "a plan of which nothing is left" 2 "" csr --from report.json --drop p.example.org \
    --drop q.example.org

# What no public authority signs is not written; one's own authority takes it.
refused()
{
    what=$1 needle=$2
    shift 2
    says "$what" 2 "$needle" csr "$@" --out-key no.key --out-csr no.csr
    same "$what: nothing is written" "" "$(find . -name 'no.*')"
}

refused "an underscore" "an underscore (a_b.example.org)" ok.example.org a_b.example.org
refused "a name without a domain" "internal one" localhost
refused "a name of the local network" "internal one" mail.local
refused "a name of the Tor network" "internal one" example.onion
refused "an end that there is not" "no top-level domain (mail.foobar)" mail.foobar
refused "a public suffix" "a public suffix itself (co.uk)" co.uk
refused "a star on one" "whole public suffix" '*.co.uk'
refused "a private address" "not a public one (10.0.0.1)" 10.0.0.1
refused "an address of documents" "not a public one (2001:db8::7)" 2001:db8::7
refused "too many names" "101 names, 100 is the most" $(seq -f 'h%g.example.org' 101)
refused "a common name that is too long" "may have 64" --cn \
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.org \
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.org
refused "a common name that is too long for everybody" "may have 64" --private-ca --cn \
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.lan \
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.lan
openssl genrsa -out short.key 1024 2>/dev/null
refused "a key that is too short" "1024 bits" s.example.org --key short.key
cat >bad.json <<END
{"fixes":[{"id":"issue-certificate","params":{"names":["p.example.org","mail.lan"]}}]}
END
refused "a plan with such a name" "mail.lan" --from bad.json
orders "as many names as may be" h1.example.org \
    "$(seq -f 'DNS:h%g.example.org' 100 | sort | tr '\n' ' ' | sed 's/ $//')" "256 bit" \
    $(seq -f 'h%g.example.org' 100)
orders "for one's own authority" mail.local \
    "DNS:a_b.lan DNS:mail.foobar DNS:mail.local IP Address:10.0.0.1" "256 bit" --private-ca \
    mail.local a_b.lan mail.foobar 10.0.0.1
says "whom it is for" 0 "your own authority" csr --private-ca box.lan
orders "the host of a URL" url.example.org "DNS:url.example.org" "256 bit" \
    https://url.example.org:8443/path

says "a comma does not smuggle in a name" 2 "" csr "z.example.org,DNS:evil.example.net"
says "nor does a line's end" 2 "" csr "z.example.org
DNS.2=evil.example.net"
mkdir there
says "a folder that is not there" 2 nowhere csr q.example.org --out-key nowhere/q.key
says "a request that cannot be written" 2 there csr q.example.org --out-key q.key --out-csr there
same "leaves no key behind" "" "$(find . -name 'q*')"
# A request as forms of authorities show it: the lines between, or one long line.
certmend csr bare.example.org >/dev/null
grep -v -e ----- bare.example.org.csr >bare.csr
says "lint takes the lines without their frame" 0 "is fine" csr lint bare.csr
tr -d '\n' <bare.csr >line.csr
says "and one long line" 0 "is fine" csr lint line.csr
head -c 60 bare.csr >cut.csr
says "not a part of it" 2 "its lines of base64" csr lint cut.csr
{ cat line.csr && printf '\000'; } >nul.csr
says "nor what has odd bytes" 2 "its lines of base64" csr lint nul.csr
tap_end
