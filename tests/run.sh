#!/usr/bin/env bash
# The pipeline tests: tests/run.sh [NAME...] runs tests/NAME.sh, all if none is named. Ends with `N passed, N failed`.
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$repo"

if [ -z "${EQUIREPRO_TEST_DIR:-}" ]; then
    EQUIREPRO_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/equirepro-tests.XXXXXX")
    trap 'rm -rf "$EQUIREPRO_TEST_DIR"' EXIT
fi
export EQUIREPRO_TEST_DIR
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(setup lint gpu stub headers resume kill faults offline slurm)
# the others work in the clone that the set-up tests make
[ "${names[0]}" = setup ] || [ -d "$EQUIREPRO_TEST_DIR/a clone" ] || names=(setup "${names[@]}")

passed=0 failed=0
for name in "${names[@]}"; do
    echo "== tests/$name.sh"
    bash "tests/$name.sh" 2>&1 | tee "$EQUIREPRO_TEST_DIR/output" || true
    read -r good bad < <(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$EQUIREPRO_TEST_DIR/output") || { good=0 bad=1; }
    passed=$((passed + good)) failed=$((failed + bad))
done
echo "pipeline: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
