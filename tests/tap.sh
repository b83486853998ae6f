# tap - what the shell tests say their verdicts with. Sourced, never run.

tap_count=0

# tap WHAT FAULTS: one verdict; FAULTS is a text of faults, empty where all is well.
tap()
{
    tap_count=$((tap_count + 1))
    if [ -z "$2" ]; then
        echo "ok $tap_count - $1"
        return
    fi
    echo "not ok $tap_count - $1"
    printf '%s\n' "$2" | sed 's/^/#   /'
}

tap_skip()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

tap_end()
{
    echo "1..$tap_count"
}

# tap_finds WHAT NEEDLE FAULTS: a planted fault has to be among those reported.
tap_finds()
{
    case $3 in
    *"$2"*) tap "finds $1" "" ;;
    *) tap "finds $1" "\"$2\" was planted and not reported; reported: $3" ;;
    esac
}
