# cli - what the tests of the command line share. Sourced, never run.

. "$(dirname "$0")/../tap.sh"
: "${BUILD:=build}"
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
root=$PWD
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1

certmend()
{
    "$BUILD/certmend" "$@"
}

# says WHAT STATUS NEEDLE ARGS...: certmend ARGS exits with STATUS, and its
# output, or for status 2 its standard error, holds NEEDLE.
says()
{
    what=$1 wanted=$2 needle=$3
    shift 3
    certmend "$@" >"$here/.out" 2>"$here/.err" </dev/null
    status=$?
    sed -i 's/":	/": /' "$here/.out" # the needles are written with a blank
    stream=.out
    [ "$wanted" -eq 2 ] && stream=.err
    faults=
    [ $status -eq "$wanted" ] || faults="exit status $status, not $wanted: $(cat "$here/.err")
"
    grep -qiF -e "$needle" "$here/$stream" ||
        faults="$faults\"$needle\" is not in: $(head -c 600 "$here/$stream")
"
    if [ "$wanted" -eq 2 ]; then
        [ -s "$here/.out" ] && faults="${faults}standard output is not empty
"
        grep -q '^certmend: ' "$here/.err" || faults="${faults}no sentence of its own
"
    fi
    tap "$what" "$faults"
}

# same WHAT WANTED GOT
same()
{
    if [ "$2" = "$3" ]; then
        tap "$1" ""
    else
        tap "$1" "wanted \"$2\", got \"$3\""
    fi
}
