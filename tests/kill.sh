#!/usr/bin/env bash
# kill -9 of a training at random moments, then -resume: the encoder is the same to the bit as from an uninterrupted run.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

encoder=all-angle-s0
run=(-profile test --rows all-angle)

# pid_of_training FOLDER: waits until a training runs below FOLDER and its JVM is up; prints its process id, or nothing if the pipeline
# came to its end without one.
pid_of_training() {
    local deadline=$((SECONDS + 120)) pid
    while [ $SECONDS -lt $deadline ]; do
        grep -qs "^State:.[^ZX]" "/proc/$head/status" || return 0
        for pid in $(pgrep -f 'org.equirepro.cli.Equirepro pretrain' || true); do
            case "$(readlink "/proc/$pid/cwd" || true)" in "$scratch/$1"/work/*) echo "$pid"; return ;; esac
        done
        sleep 0.1
    done
    fail "no training started in $1"
}

# start FOLDER ARGUMENTS...: the pipeline in the background, in its own process group; sets head.
start() {
    local folder=$scratch/$1
    shift
    mkdir -p "$folder"
    set -m
    (cd "$folder" && exec "$copy/bin/reproduce" "$@" > log 2>&1) &
    head=$!
    set +m
}

same_encoder() {
    cmp "$scratch/whole/results/encoders/$encoder/encoder.safetensors" "$scratch/$1/results/encoders/$encoder/encoder.safetensors" \
        || fail "the encoder of $1 differs from that of the uninterrupted run"
}

# half_written FOLDER: what tasks left there that is not whole, and encoders, of which a stopped training has none. A stopped
# preparation keeps its .part on purpose: it can go on from it.
half_written() {
    local task
    for task in "$scratch/$1"/work/*/*/; do
        if grep -qs '^### name: .*PREPARE_DATASET' "$task/.command.run"; then continue; fi
        find "$task" -name '*.part' -o -name encoder.safetensors
    done
}

test_1_uninterrupted() {
    succeed whole "${run[@]}"
    local duration
    duration=$(awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $at["process"] ~ /PRETRAIN/ { print $at["realtime"] }' \
        "$scratch/whole/results/pipeline_info/trace.txt")
    echo "       uninterrupted training: $duration"
    awk '{ s = 0; for (i = 1; i <= NF; i++) s += $i * ($i ~ /ms$/ ? 0.001 : $i ~ /m$/ ? 60 : 1); print s }' <<< "$duration" > "$scratch/seconds"
}

# Everything dies at once, several times over, at random moments of the training; then -resume. A training that is ended already when it
# should die again was killed often enough: what is left to see is that it ended alike.
test_2_machine_goes_down() {
    local kill_point pid after kills=0
    for kill_point in 1 2 3; do
        start dead "${run[@]}" -resume
        pid=$(pid_of_training dead)
        [ -n "$pid" ] || { echo "       the training was over before kill point $kill_point"; break; }
        after=$(awk -v r=$RANDOM -v s="$(cat "$scratch/seconds")" 'BEGIN { print s * 0.6 * r / 32768 }')
        echo "       kill point $kill_point: after $after s"
        sleep "$after"
        kill -9 -- "-$head" 2> /dev/null || true
        if kill -9 "$pid" 2> /dev/null; then kills=$((kills + 1)); fi
        wait "$head" 2> /dev/null || true
    done
    wait "$head" 2> /dev/null || true
    [ "$kills" -gt 0 ] || fail "no training was killed"
    succeed dead "${run[@]}" -resume
    same_encoder dead
    succeed dead "${run[@]}" -resume
    same "" "$(executed dead)"
}

# Only the training's own process dies: the pipeline starts it again by itself.
test_3_task_is_killed() {
    start retried "${run[@]}"
    local pid
    pid=$(pid_of_training retried)
    [ -n "$pid" ] || fail "no training ran"
    sleep "$(awk -v r=$RANDOM -v s="$(cat "$scratch/seconds")" 'BEGIN { print s * 0.8 * r / 32768 }')"
    kill -9 "$pid" || true
    wait "$head" || { tail -n 30 "$scratch/retried/log" >&2; fail "the run did not survive"; }
    same_encoder retried
}

# SIGTERM to the pipeline, which it takes as it takes Ctrl-C (whoever starts tests in the background has SIGINT ignored): it ends
# its tasks, nothing runs on, nothing half-written stays, -resume goes on.
test_4_pipeline_is_stopped() {
    start interrupted "${run[@]}"
    local pid
    pid=$(pid_of_training interrupted)
    [ -n "$pid" ] || fail "no training ran"
    sleep 1
    kill -TERM "$head"
    ! wait "$head" || fail "a stopped run ended with 0"
    for _ in $(seq 100); do [ -e "/proc/$pid" ] || break; sleep 0.1; done
    [ ! -e "/proc/$pid" ] || fail "the training runs on"
    ! half_written interrupted | grep . || fail "something half-written was left"
    succeed interrupted "${run[@]}" -resume
    same_encoder interrupted
}

# A small young generation makes the JVM collect garbage in every step: no tensor may hang on what the collector frees.
test_5_garbage_collection_changes_nothing() {
    EQUIREPRO_JAVA_OPTS=-Xmn8m succeed collected "${run[@]}"
    same_encoder collected
}

run_tests
