#!/bin/sh
# acme.sh goes on renewing, certmend looks: does every port of every name show
# the certificate that has just come? Behind what reloads the servers:
#
#   acme.sh --install-cert -d mail.example.com --key-file ... --fullchain-file ... \
#       --reloadcmd "systemctl reload postfix dovecot && /usr/local/share/certmend/hooks/look-acme.sh"
#
# What is wrong goes to syslog and to standard error. The exit status is that of
# "certmend check".
set -u
cert=${CERT_PATH:?is set by acme.sh}
names=$(openssl x509 -in "$cert" -noout -ext subjectAltName | tr ', ' '\n\n' |
    sed -n 's/^DNS://p' | grep -v '^\*')
[ -n "$names" ] || exit 0

status=0
# A name has no blanks: each is a word of its own.
# shellcheck disable=SC2086
said=$(certmend check --expect "$cert" $names </dev/null 2>&1) || status=$?
first=${Le_Domain:-$(echo "$names" | head -n 1)}
case $status in
0) logger -t certmend -p mail.info "$first: every port shows the new certificate" ;;
*)
    logger -t certmend -p mail.warning "$first: not every port shows the new certificate; certmend check --expect $cert $first"
    printf '%s\n' "$said" >&2
    ;;
esac
exit "$status"
