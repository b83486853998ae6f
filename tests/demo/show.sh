#!/bin/sh
# Run inside the lab by run.sh: show.sh TARGET, then what leads to the lab.
set -u
target=$1
shift
echo "\$ certmend check $target"
# The way into the lab is of no use to a reader, and would fill a screen.
"$BUILD/certmend" check "$target" "$@" >"$folder/said"
status=$?
sed 's/ --resolver 127\.0\.0\.1:.*//' "$folder/said"
[ $status -eq 1 ] || exit 1 # it is broken on purpose
echo
echo "The same server is yours? Then the request for the right certificate:"
echo
echo "\$ certmend check $target --format json > report.json"
"$BUILD/certmend" check "$target" "$@" --format json >"$folder/report.json" 2>/dev/null
echo "\$ certmend csr --from report.json"
cd "$folder" || exit 1
case $BUILD in /*) ;; *) BUILD=$OLDPWD/$BUILD ;; esac
"$BUILD/certmend" csr --from report.json || exit 1
for request in *.csr; do
    echo
    echo "\$ openssl req -in $request -noout -text"
    openssl req -in "$request" -noout -text -nameopt utf8 -reqopt no_pubkey,no_sigdump
    cat "$request"
done
