#!/usr/bin/env bash
# kill -9 of a training at random steps, going on each time: it ends with the weights and curves of the training that nothing
# disturbed, to the bit; with one loader thread, with two, and with two ranks.
#     tests/faults.sh [--kills N] [--seed N] [--objective vicreg|ibot]
# Ends with `N passed, N failed`. docs/faults.md has the table of a run with 20 kills.
set -euo pipefail
kills=3 seed=$RANDOM objective=vicreg
while [ $# -gt 0 ]; do
    case "$1:${2:-}" in
        --kills:[1-9]*) kills=$2 ;;
        --seed:[0-9]*) seed=$2 ;;
        --objective:vicreg | --objective:ibot) objective=$2 ;;
        *) echo "usage: tests/faults.sh [--kills N] [--seed N] [--objective vicreg|ibot]" >&2; exit 2 ;;
    esac
    shift 2
done
if [ -z "${EQUIREPRO_TEST_DIR:-}" ]; then
    EQUIREPRO_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/equirepro-faults.XXXXXX")
    trap 'rm -rf "$EQUIREPRO_TEST_DIR"' EXIT
fi
export EQUIREPRO_TEST_DIR
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

equirepro=$copy/bin/equirepro
[ -e "$equirepro" ] || equirepro=$repo/bin/equirepro
work=$scratch/faults
export EQUIREPRO_JAVA_OPTS="-XX:TieredStopAtLevel=1 ${EQUIREPRO_JAVA_OPTS:-}" # two dozen short lives
steps=$((25 + 10 * kills))

settings() {
    local parts
    case "$objective" in
        vicreg) parts='"split": {"dim": 32, "equivariant": 8},
            "objective": {"name": "vicreg", "invariance": 10, "variance": 10, "covariance": 1, "expander": [32, 32]}' ;;
        ibot) parts='"split": {"place": "head", "dim": 32, "equivariant": 8},
            "objective": {"name": "ibot", "head": {"hidden": 32, "bottleneck": 16, "norm_last_layer": false},
                "teacher_temperature": [0.04, 0.07], "temperature_epochs": 2, "momentum": 0.9, "drop_path": 0.1},
            "masking": {"ratios": [0, 0.3], "variations": [0, 0.2]}' ;;
    esac
    cat << EOF
{"study": "faults", "encoder": "$objective", "seed": 3, "recipe_name": "faults", "recipe": {
    "backbone": {"name": "vit", "image": 16, "patch": 4, "dim": 32, "depth": 2, "heads": 2}, $parts,
    "reconstruction": {"family": "angle", "count": 2, "weight": 1, "decoder": [16, 16]}, "ranges": {"angle": 45},
    "views": {"kind": "pictures", "size": 16, "crop": "rrc", "scale": [0.3, 1], "flip": 0.5, "gray": 0.2,
        "jitter": {"strength": [0.4, 0.4, 0.2, 0.1], "p": 0.8}, "blur": {"p": [0.5, 0.5], "sigma": [0.1, 1]}},
    "normalise": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]},
    "optimiser": {"name": "adamw", "lr": 0.002, "weight_decay": 0.05, "warmup_steps": 3, "schedule": "cosine"},
    "batch": 16, "steps": $steps, "precision": "float32", "checkpoint_steps": 3, "log_steps": 1, "picture_steps": 20}}
EOF
}

# pretrain OUT STORE THREADS: becomes the training, or its launcher.
pretrain() {
    exec "$equirepro" pretrain --config "$work/settings.json" --data "$work/data" --store "$2" --out "$1" --threads "$3"
}

# saved STORE: the step of the newest saved state there, 0 for none.
saved() {
    local step
    step=$(head -c 400 "$1"/*/checkpoint.safetensors 2> /dev/null | grep -ao '"step":"[0-9]*"' | tr -dc 0-9) || true
    echo "${step:-0}"
}

# jvms PID: the training's processes: PID itself, or those that it has launched.
jvms() {
    local child
    case "$(readlink "/proc/$1/exe" 2> /dev/null || true)" in */java) echo "$1" ;; esac
    for child in $(cat "/proc/$1"/task/*/children 2> /dev/null || true); do jvms "$child"; done
}

# targets KEY: as many random steps as kills, in order; the last ones are left for a kill that comes late.
targets() {
    awk -v n="$kills" -v seed="$seed$1" 'BEGIN { srand(seed); for (i = 0; i < n; i++) print int(rand() * 10 * n) }' | sort -n
}

# finish NAME THREADS: trains to the end.
finish() {
    (pretrain "$work/$1" "$work/$1-store" "$2") > "$work/$1.log" 2>&1 || { tail "$work/$1.log" >&2; fail "$1 did not end well"; }
}

# matrix NAME THREADS: the undisturbed training, then the one that is killed, and the comparison.
matrix() {
    local name=$1 threads=$2 target pid victim count=0 from died
    finish "$name-whole" "$threads"
    for target in $(targets "$threads"); do
        from=$(saved "$work/$name-store")
        pretrain "$work/$name" "$work/$name-store" "$threads" > "$work/$name.log" 2>&1 &
        pid=$!
        victim=
        while [ -e "/proc/$pid" ] && [ -z "$victim" ]; do
            sleep "0.0$((1 + RANDOM % 9))"
            # one of its processes, whichever; the others of a job end by themselves
            [ "$(saved "$work/$name-store")" -lt "$target" ] || victim=$(jvms "$pid" | shuf -n 1)
        done
        died=$(saved "$work/$name-store")
        if [ -n "$victim" ] && kill -9 "$victim" 2> /dev/null; then
            count=$((count + 1))
            echo "       kill $count: went on after step $from, killed after step $died of $steps"
        fi
        ! wait "$pid" 2> /dev/null || [ -e "$work/$name" ] || fail "a killed run ended with 0"
        [ ! -e "$work/$name" ] || fail "the run ended before kill $((count + 1)), give another --seed"
    done
    finish "$name" "$threads"
    [ "$count" = "$kills" ] || fail "$count kills instead of $kills"
    local file
    for file in encoder.safetensors curves.csv pictures/reconstruction.png pictures/step-00000020.png; do
        cmp "$work/$name-whole/$file" "$work/$name/$file" || fail "$file differs after $count kills"
    done
    echo "       $name, $objective, seed $seed: killed $count times in $steps steps, the same bits"
}

test_1_one_loader_thread() {
    mkdir -p "$work"
    settings > "$work/settings.json"
    rm -rf "$work/data"
    echo '{"dataset": "pictures", "kind": "render-pictures", "classes": 2, "train_per_class": 80, "test_per_class": 4,
        "size": 16, "seed": 5}' > "$work/data.json"
    "$equirepro" prepare --config "$work/data.json" --out "$work/data"
    matrix one-thread 1
}

test_2_two_loader_threads() {
    matrix two-threads 2
}

test_3_two_ranks() {
    if ! command -v mpirun > /dev/null; then
        echo "NOTICE no mpirun on the PATH: trainings by two ranks are not killed"
        return
    fi
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    EQUIREPRO_LAUNCHER="mpirun -n 2 --oversubscribe --bind-to none" matrix two-ranks 1
}

run_tests
