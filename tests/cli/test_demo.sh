#!/bin/sh
# What make run shows, without the installation.
set -u
. "$(dirname "$0")/cli.sh"
cd "$root" || exit 1
said=$(BUILD=$BUILD sh tests/demo/run.sh 2>&1)
same "make run ends well" 0 $?
for needle in mail.example.com server42.example.net "BEGIN CERTIFICATE REQUEST" \
    "DNS:mail.example.com"; do
    case $said in
    *"$needle"*) tap "make run shows $needle" "" ;;
    *) tap "make run shows $needle" "$said" ;;
    esac
done
# The commands that it prints are those of a reader, not of the small internet.
tap "make run prints short commands" "$(echo "$said" | grep -e '--connect-to' -e '--resolver')"
tap "make run says how to look again" \
    "$(echo "$said" | grep -qx '    certmend check server42.example.net:465' || echo "$said")"
tap_end
