#!/usr/bin/env bash
# The graph, its cache and the refusals, under both parsers: stub runs, in which PLAN is real and the other tasks only make files.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"
export NXF_SYNTAX_PARSER

# Two encoders and a probe of its own for each of them.
small_study() {
    mkdir -p "$scratch/conf"
    cat > "$scratch/conf/small.yml" <<END
study: small
title: Two encoders
scale: A part of the test study
seeds: [0]
datasets:
$(grep '^  pictures: ' "$copy/conf/studies/test.yml")
encoders:
  vicreg: {recipe: test-vicreg, data: pictures, label: VICReg, paper: null}
  all-angle: {recipe: test-all-angle, data: pictures, label: "all, inter(angle)", paper: null}
evaluations:
  - {recipe: test-r2-image, data: pictures}
  - {recipe: test-linear-probe, data: pictures, encoders: [vicreg]}
  - {recipe: other-linear-probe, data: pictures, encoders: [all-angle]}
tables: [r2_image, linear_probe]
END
    cp "$copy/conf/recipes/test-linear-probe.yml" "$copy/conf/recipes/other-linear-probe.yml"
}

all_tasks="LINEAR_PROBE linear-probe-all-angle-s0
LINEAR_PROBE linear-probe-vicreg-s0
PLAN small
PREPARE_DATASET pictures
PRETRAIN all-angle-s0
PRETRAIN vicreg-s0
R2_IMAGE r2-image-all-angle-s0
R2_IMAGE r2-image-vicreg-s0
REPORT report.html
TABLES all"

# A run, then one change after another; each re-runs what it touches and no more.
changes_rerun_their_branch_only() {
    NXF_SYNTAX_PARSER=$1
    local at=changes-$1 run=(-stub-run --study "$scratch/conf/small.yml")
    small_study
    cd "$copy"
    trap 'cd "$copy" && cp "$scratch"/kept/*.yml conf/recipes/ && rm -f conf/recipes/other-linear-probe.yml' EXIT
    mkdir -p "$scratch/kept" && cp -p conf/recipes/test-{all-angle,linear-probe}.yml "$scratch/kept/"

    succeed "$at" "${run[@]}"
    same "$all_tasks" "$(executed "$at")"
    grep -q "Report: $scratch/$at/results/report.html" "$scratch/$at/log" || fail "the report's path is not printed"

    succeed "$at" "${run[@]}" -resume
    same "" "$(executed "$at")"

    # neither of these changes a result
    succeed "$at" "${run[@]}" -resume --store "$scratch/other store" --train_cpus 2 --train_memory 1.GB --train_time 2.h --publish_mode link
    same "" "$(executed "$at")"

    edit conf/recipes/other-linear-probe.yml 's/^\( *lrs: \[\)/\10.005, /'
    succeed "$at" "${run[@]}" -resume
    same "LINEAR_PROBE linear-probe-all-angle-s0
PLAN small
REPORT report.html
TABLES all" "$(executed "$at")"

    edit conf/recipes/test-all-angle.yml 's/weight: [0-9.]*,/weight: 7.5,/'
    succeed "$at" "${run[@]}" -resume
    same "$(grep -E 'all-angle|PLAN|REPORT|TABLES' <<< "$all_tasks")" "$(executed "$at")"

    # only a comment: read again by PLAN, and nothing else follows
    edit conf/recipes/test-all-angle.yml '1s/^/# a remark\n/'
    succeed "$at" "${run[@]}" -resume
    same "PLAN small" "$(executed "$at")"

    # other code behind one command
    mkdir -p "$scratch/dist-$1"
    ln -sfn "$copy/java-tools/dist/lib" "$scratch/dist-$1/lib"
    local command task
    for command in report:REPORT tables:TABLES,REPORT linear-probe:LINEAR_PROBE,TABLES,REPORT; do
        sed "s/^${command%%:*}=.*/${command%%:*}=changed/" "$copy/java-tools/dist/fingerprints.properties" > "$scratch/dist-$1/fingerprints.properties"
        EQUIREPRO_LIB=$scratch/dist-$1/lib succeed "$at" "${run[@]}" -resume
        task=${command#*:}
        same "$(grep -E "^(${task//,/|}) " <<< "$all_tasks")" "$(executed "$at")"
    done
}

test_changes_v1() { changes_rerun_their_branch_only v1; }

test_changes_v2() { changes_rerun_their_branch_only v2; }

# Every process of the full test study; the same tasks under both parsers.
test_both_parsers_run_the_same_tasks() {
    local parser
    for parser in v1 v2; do
        NXF_SYNTAX_PARSER=$parser succeed "graph-$parser" -stub-run -profile test
        executed "graph-$parser" > "$scratch/tasks-$parser"
    done
    diff "$scratch/tasks-v1" "$scratch/tasks-v2"
    same "DEPTH DETECT HOMOGRAPHY KEYPOINTS KNN LINEAR_PROBE LOGREG PLAN PREPARE_DATASET PRETRAIN R2_3DIEBENCH R2_IMAGE REPORT RETRIEVAL SEGMENT TABLES VIDEO" \
        "$(cut -d' ' -f1 "$scratch/tasks-v1" | uniq | paste -sd' ')"
}

# --together: the evaluations of an encoder are one task, and publish what they publish alone.
test_small_evaluations_of_an_encoder_in_one_task() {
    local run=(-stub-run --study "$scratch/conf/small.yml" --together 2)
    small_study
    trap 'rm -f "$copy/conf/recipes/other-linear-probe.yml"' EXIT
    for NXF_SYNTAX_PARSER in v1 v2; do
        local at=together-$NXF_SYNTAX_PARSER
        succeed "$at" "${run[@]}"
        same "PROBES linear-probe-all-angle-s0+1
PROBES linear-probe-vicreg-s0+1" "$(executed "$at" | grep -v '^PLAN \|^PREPARE_DATASET \|^PRETRAIN \|^TABLES \|^REPORT ')"
        same "linear-probe-all-angle-s0 linear-probe-vicreg-s0 r2-image-all-angle-s0 r2-image-vicreg-s0" \
            "$(ls "$scratch/$at/results/evaluations" | paste -sd' ')"
    done
    succeed "$at" "${run[@]}" -resume
    same "" "$(executed "$at")"
}

refusals() {
    NXF_SYNTAX_PARSER=$1
    local at=refused-$1
    # all that is wrong with the parameters is said at once
    refuse "$at" "unknown parameter --studdy; did you mean --study?" -stub-run -profile test --studdy x --max-cpus 2 --train_cpus two \
        --budget_margin 0 --seeds a --publish_mode move --rows
    local text
    for text in "unknown parameter --maxCpus; did you mean --max_cpus?" "--train_cpus: 'two' is not of type integer" \
            "--budget_margin: 0 is less than 300" "--seeds: 'a' does not look like 0 or 0,1,2" \
            "--publish_mode: 'move' is none of copy, link, symlink" "--rows: 'true' is not text (was its value left out?)"; do
        grep -qF -- "$text" "$scratch/$at/log" || fail "did not say: $text"
    done
    refuse "$at" "did you mean test?" -stub-run --study tset --train_time 5.m
    grep -qF "5.m must be longer than --budget_margin" "$scratch/$at/log" || fail "too short a time was accepted"
    refuse "$at" "give --cifar10" -stub-run -profile mini
    # what follows is found by the same code whatever the parser
    [ "$1" = v2 ] || return 0
    refuse "$at" "no study: name one by a profile" -stub-run
    refuse "$at" "cannot be written" -stub-run -profile test --store /proc/store
    refuse "$at" "--rows: vicrag is not an encoder" -stub-run -profile test --rows vicrag
    refuse "$at" "$scratch/none.tar.gz: no such file" -stub-run -profile mini --cifar10 "$scratch/none.tar.gz"

    # a folder that cannot be written; to root all can be, so there a file stands in the way
    local closed=$scratch/closed-$1
    if [ "$(id -u)" = 0 ]; then touch "$closed"; else mkdir -p "$closed" && chmod 555 "$closed"; fi
    refuse "$at" "cannot be written" -stub-run -profile test --outdir "$closed/results"

    # a study that names what is not there, or what nobody knows
    mkdir -p "$scratch/conf"
    sed 's/recipe: test-r2-image,/recipe: test-r2-imag,/' "$copy/conf/studies/test.yml" > "$scratch/conf/test.yml"
    refuse "$at" "did you mean test-r2-image?" -stub-run --study "$scratch/conf/test.yml"
    sed 's/^seeds:/sedes:/' "$copy/conf/studies/test.yml" > "$scratch/conf/test.yml"
    refuse "$at" "sedes" -stub-run --study "$scratch/conf/test.yml"
}

test_refusals_v1() { refusals v1; }

test_refusals_v2() { refusals v2; }

test_help() {
    local parser
    for parser in v1 v2; do
        NXF_SYNTAX_PARSER=$parser succeed "help-$parser" --help
        grep -q -- '--outdir .*\[results\]' "$scratch/help-$parser/log" || fail "--help does not tell the default of --outdir"
        grep -q '^Resources: ' "$scratch/help-$parser/log" || fail "--help has no groups"
    done
}

# `nextflow run` by hand, parameters from a file, profiles in either order.
test_by_hand() {
    mkdir -p "$scratch/by hand"
    cd "$scratch/by hand"
    printf 'rows: vicreg\nseeds: "3"\noutdir: "out put"\n' > params.yml
    local profiles
    for profiles in local,test test,local; do
        "$copy/bin/nextflow" run "$copy" -profile "$profiles" -stub-run -params-file params.yml > log 2>&1 || { tail log >&2; fail "$profiles"; }
        grep -q 'PRETRAIN (vicreg-s3)' "out put/pipeline_info/trace.txt" || fail "seed 3 of vicreg was not run"
    done
}

run_tests
