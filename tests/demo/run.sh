#!/bin/sh
# What make run shows: a small mail server with the provider's certificate, what
# certmend says about it, and the request for the certificate that would mend it.
#
#   BUILD=build sh tests/demo/run.sh             the small server on loopback
#   BUILD=build sh tests/demo/run.sh HOST        a real one
set -eu
here=$(dirname "$0")
: "${BUILD:=build}"
if [ $# -gt 0 ] && [ -n "$1" ]; then
    # What it finds is a result; only its own failure is make's business.
    "$BUILD/certmend" check "$1" || [ $? -ne 2 ]
    exit
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export BUILD folder
echo "A small mail server starts on loopback: mail.example.com on a provider's machine."
echo
python3 "$here/../lab/lab.py" run "$here/shared-hosting.json" -- sh "$here/show.sh" {target} {lab}
