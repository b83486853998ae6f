#!/bin/sh
# certmend match: 0 covered, 1 not covered, 2 not a name.
set -u
. "$(dirname "$0")/cli.sh"

says "the same name" 0 mail.example.org match mail.example.org mail.example.org
says "capitals and a dot at the end" 0 "" match MAIL.Example.ORG. mail.example.org
says "a wildcard" 0 '*.example.org' match mail.example.org 'example.org' '*.example.org'
says "one label too deep" 1 '*.example.org' match a.b.example.org '*.example.org'
says "the domain itself" 1 '*.example.org' match example.org '*.example.org'
says "a partial wildcard" 1 'm*.example.org' match mail.example.org 'm*.example.org'
says "a sibling" 1 smtp.example.org match mail.example.org smtp.example.org
says "another domain" 1 "" match mail.example.org mail.example.net
says "a U-label" 0 "" match bücher.example.org xn--bcher-kva.example.org
says "an address" 0 "" match 192.0.2.1 192.0.2.1
says "an IPv6 address in two spellings" 0 "" match 2001:db8::1 2001:DB8:0:0:0:0:0:1
says "an address is no name" 1 "" match 192.0.2.1 '*.0.2.1'
says "JSON" 1 '"covered": false' match a.b.example.org '*.example.org' --format json
says "what is no name" 2 "a b" match 'a b' example.org
says "an empty label" 2 "" match mail..example.org example.org
says "no pattern" 2 "" match mail.example.org
tap_end
