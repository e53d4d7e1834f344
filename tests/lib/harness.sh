# Sourced by tests/*.sh. A test is a function test_*; it ends with `fail MESSAGE` or any command that fails.
# $repo: the working tree. $copy: a clean clone of it, set up by bin/reproduce itself, which the tests may change.

set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=${EQUIREPRO_TEST_DIR:?set by tests/run.sh}
copy="$scratch/a clone"
export NXF_HOME=$scratch/nxf NXF_ANSI_LOG=false EQUIREPRO_DEVICE=cpu

fail() {
    echo "       $1" >&2
    exit 1
}

# launch FOLDER ARGUMENTS...: bin/reproduce of the clone in FOLDER below scratch; output in FOLDER/log; sets rc.
launch() {
    local folder=$scratch/$1
    shift
    mkdir -p "$folder"
    rc=0
    (cd "$folder" && "$copy/bin/reproduce" "$@" > log 2>&1) || rc=$?
}

# succeed FOLDER ARGUMENTS...: as launch; the run must end well.
succeed() {
    launch "$@"
    [ "$rc" = 0 ] || { tail -n 40 "$scratch/$1/log" >&2; fail "exit code $rc in $1"; }
}

# refuse FOLDER TEXT ARGUMENTS...: as launch; the run must end badly, say TEXT, and leave no finished task behind.
refuse() {
    local folder=$1 text=$2
    shift 2
    launch "$folder" "$@"
    [ "$rc" != 0 ] || fail "$* was accepted"
    grep -qF -- "$text" "$scratch/$folder/log" || { tail -n 20 "$scratch/$folder/log" >&2; fail "$* did not say: $text"; }
    ! grep -q COMPLETED "$scratch/$folder/results/pipeline_info/trace.txt" 2>/dev/null || fail "$* ran a task before it was refused"
}

# executed FOLDER: what the last run there executed, one `PROCESS tag` a line, sorted; what it took from the cache is left out.
executed() {
    awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["status"] != "CACHED" { print $at["process"], $at["tag"] }' "$scratch/$1/results/pipeline_info/trace.txt" \
        | sed 's/^.*:\([A-Z0-9_]* \)/\1/' | LC_ALL=C sort
}

# same EXPECTED ACTUAL
same() {
    [ "$1" = "$2" ] || { diff <(echo "$1") <(echo "$2") >&2 || true; fail "not as expected (< expected, > found)"; }
}

# edit FILE SED-EXPRESSION: changes a file of the clone; a change must happen.
edit() {
    cp -p "$copy/$1" "$scratch/before"
    sed -i "$2" "$copy/$1"
    ! cmp -s "$copy/$1" "$scratch/before" || fail "$2 changes nothing in $1"
}

# run_tests: every test_* of the file that sources this, each in its own shell. Prints `N passed, N failed`.
run_tests() {
    local test passed=0 failed=0 started result
    for test in $(declare -F | sed -n 's/^declare -f \(test_.*\)/\1/p'); do
        [ -z "${TEST_ONLY:-}" ] || [[ $test == *$TEST_ONLY* ]] || continue
        started=$SECONDS
        set +e      # and not as a condition: below one, set -e has no effect
        (set -e; "$test")
        result=$?
        set -e
        if [ $result = 0 ]; then
            echo "ok     $test ($((SECONDS - started)) s)"
            passed=$((passed + 1))
        else
            echo "FAILED $test ($((SECONDS - started)) s)"
            failed=$((failed + 1))
        fi
    done
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
