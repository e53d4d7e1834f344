#!/usr/bin/env bash
# The test study in earnest: from a clean clone to tables and report, and what a change re-runs.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

run=(-profile test)

test_1_clean_run_prints_tables_and_report() {
    succeed real "${run[@]}"
    local results=$scratch/real/results
    executed real > "$scratch/tasks"
    local file
    for file in report.html results.csv tables/r2_image.md tables/r2_image.csv tables/r2_image.tex tables/linear_probe.md tables/r2_3diebench.md \
            encoders/all-angle-s0/encoder.safetensors evaluations/r2-image-vicreg-s0/result.csv datasets/pictures.receipt.json \
            pipeline_info/trace.txt pipeline_info/plan.md pipeline_info/execution.html; do
        [ -s "$results/$file" ] || fail "$file is not there or empty"
    done
    grep -qF "Report: $results/report.html" "$scratch/real/log" || fail "the report's path is not printed"
    grep -q '^| ' "$scratch/real/log" || fail "no table is printed"
    ! find "$scratch/real/work" -name '*.part' | grep . || fail "something half-written was left behind"
}

test_2_resume_executes_nothing() {
    cp -r "$scratch/real/results" "$scratch/first"
    succeed real "${run[@]}" -resume
    same "" "$(executed real)"
    diff -r -x pipeline_info "$scratch/first" "$scratch/real/results" || fail "results differ"
}

# One probe's learning rate: the probes of that recipe, the tables, the report.
test_3_learning_rate_of_a_probe() {
    edit conf/recipes/test-linear-probe.yml 's/^\( *lrs: \[\)/\10.005, /'
    succeed real "${run[@]}" -resume
    same "$(grep -E '^(LINEAR_PROBE|PLAN|TABLES|REPORT) ' "$scratch/tasks")" "$(executed real)"
}

test_4_weight_of_a_loss() {
    edit conf/recipes/test-all-angle.yml 's/weight: [0-9.]*,/weight: 7.5,/'
    succeed real "${run[@]}" -resume
    same "$(grep -E 'all-angle|^(PLAN|TABLES|REPORT) ' "$scratch/tasks")" "$(executed real)"
}

# The report module is changed and built again: its own task only. What it says elsewhere stays the same.
test_5_rebuilt_report() {
    local page=java-tools/reporting/src/main/java/org/equirepro/reporting/report/Report.java
    edit "$page" 's/^public final class Report/\/** Built again. *\/\n&/; s/^public final class Report {/&\n\n    static final String BUILT_AGAIN = "again";/'
    succeed real "${run[@]}" -resume
    grep -q 'built in' "$scratch/real/log" || fail "nothing was built"
    same "REPORT report.html" "$(executed real)"
}

# What is wrong with data is found before anything is made of it, and named.
test_6_bad_data() {
    local archive=$scratch/truncated.tar.gz
    mkdir -p "$scratch/pictures/train/a"
    head -c 200000 /dev/urandom > "$scratch/pictures/train/a/1.png"
    tar czf "$scratch/whole.tar.gz" -C "$scratch/pictures" train
    head -c 100000 "$scratch/whole.tar.gz" > "$archive"
    launch bad -profile mini --cifar10 "$archive"
    [ "$rc" != 0 ] || fail "a truncated archive was accepted"
    grep -q 'equirepro: PREPARE_DATASET (cifar10) failed: .*truncated.tar.gz' "$scratch/bad/log" || { tail -n 30 "$scratch/bad/log" >&2; fail "the archive is not named"; }
    ! grep -q 'PRETRAIN' "$scratch/bad/results/pipeline_info/trace.txt" || fail "a training was started"
    ! find "$scratch/bad/work" -maxdepth 3 \( -name cifar10 -o -name '*.part' \) | grep . || fail "something half-written was left behind"
}

run_tests
