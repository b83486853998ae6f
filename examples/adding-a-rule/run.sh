#!/bin/sh
# Adds the rule, the fix and the texts of this folder to a copy of the built-in
# ones, looks for faults, and shows what comes of it.
#
#   sh examples/adding-a-rule/run.sh        with build/certmend
set -eu
example=$(cd "$(dirname "$0")" && pwd)
certmend=$(cd "$example/../.." && cd "${BUILD:-build}" && pwd)/certmend
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# 1. A copy of the table and of the texts.
cp -r "$example/../../rules" "$example/../../templates" .

# 2. The fix and its texts are files of their own.
cp "$example/rules/fixes/ask-helpdesk.json" rules/fixes/
cp -r "$example/templates/." templates/

# 3. The rule is a row in the file of its finding; an editor does as well.
python3 - "$example/new-row.json" rules/trust.self_signed.json <<'END'
import json, sys
row, path = json.load(open(sys.argv[1])), sys.argv[2]
table = json.load(open(path))
table["rows"].insert(0, row)
json.dump(table, open(path, "w"), indent=2)
END

# 4. Does it make sense? A slip of the pen is named with its file.
"$certmend" rules lint --rules rules --templates templates

# 5. What it does to a self-signed certificate.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -keyout mail.key -out mail.pem -subj "/CN=mail.example.org" \
    -addext "subjectAltName=DNS:mail.example.org" 2>/dev/null
"$certmend" check mail.pem --name mail.example.org --software postfix \
    --rules rules --templates templates | sed -n '/^The best way/,/^  Then/p'

# 6. The same with a slip of the pen in the row.
sed 's/"asked.domain"/"asked.domian"/' rules/trust.self_signed.json >slip
mv slip rules/trust.self_signed.json
"$certmend" rules lint --rules rules --templates templates 2>&1 || echo "(status $?)"
