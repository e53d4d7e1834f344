#!/usr/bin/env bash
# Real SLURM, of two nodes on this machine: the pipeline over both, a training over many short jobs, a head that is a job.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"
. "$repo/tests/slurm/lab.sh"
export OMPI_MCA_btl=tcp,self EQUIREPRO_SITE=$repo/tests/slurm/fast.config
slurm=(-profile slurm,test --rows vicreg --train_memory 1500.MB --partition gpu --cpu_partition cpu)

# ranks_here: a launcher that starts pretrainings as two processes of this machine.
ranks_here() {
    printf '#!/bin/bash\ncase " $* " in\n*" pretrain "*) exec mpirun --allow-run-as-root --oversubscribe --bind-to none -n 2 "$@" ;;\n*) exec "$@" ;;\nesac\n' \
        > "$scratch/ranked"
    chmod +x "$scratch/ranked"
    echo "$scratch/ranked"
}

equal() {
    cmp "$scratch/$1/results/encoders/vicreg-s0/encoder.safetensors" "$scratch/$2/results/encoders/vicreg-s0/encoder.safetensors" \
        || fail "the encoders of $1 and $2 differ"
    diff -r "$scratch/$1/results/tables" "$scratch/$2/results/tables" || fail "the tables of $1 and $2 differ"
}

# What SLURM noted of the jobs whose names hold TEXT.
noted() { grep "Name=[^ ]*$1" "$lab/jobs.log"; }

test_1_two_nodes_give_the_tables_of_two_processes_here() {
    succeed nodes "${slurm[@]}" --ranks 2 --ranks_per_node 1
    noted PRETRAIN | grep -q 'Partition=gpu .*NodeCnt=2' || fail "the pretraining did not have two nodes of the gpu partition"
    noted 'R2_IMAGE\|LINEAR_PROBE' | grep -v 'Partition=gpu' && fail "an evaluation ran outside of the gpu partition"
    EQUIREPRO_LAUNCHER=$(ranks_here) succeed here -profile test --rows vicreg --train_memory 1500.MB
    equal nodes here
}

# Another user with the same store, elsewhere: every long task is found, none is computed.
test_2_the_store_repeats_nothing() {
    succeed elsewhere -profile test --rows vicreg --store "$scratch/nodes/store"
    equal nodes elsewhere
    local computed
    computed=$(grep -L 'finished before' "$scratch"/elsewhere/work/*/*/.command.err | xargs -n 1 dirname | while read -r task; do
        sed -n "s/^### name: 'STUDY:\([A-Z0-9_]*\).*/\1/p" "$task/.command.run"; done | sort | paste -sd' ')
    same "PLAN REPORT TABLES" "$computed"
}

# Jobs of a few seconds each: the training saves itself, ends with 75 and is sent again.
test_3_a_training_over_many_jobs() {
    edit conf/recipes/test-vicreg.yml 's/^steps: .*/steps: 900/'
    succeed long -profile test --rows vicreg
    succeed short "${slurm[@]}" --train_time 303.s --budget_margin 300
    equal long short
    local jobs
    jobs=$(noted 'PRETRAIN-vicreg' | grep -c 'TimeLimit=6 ')
    echo "       $jobs jobs"
    [ "$jobs" -ge 8 ] || fail "only $jobs jobs"
}

# The head is a job of two minutes at most; it sends itself again. Then --cancel, and the same once more.
test_4_submitted_head() {
    edit conf/recipes/test-vicreg.yml 's/^steps: .*/steps: 2000/'
    mkdir -p "$scratch/submitted"
    cd "$scratch/submitted"
    local reproduce="$copy/bin/reproduce" said tries
    "$reproduce" --submit "${slurm[@]}" > said
    grep -q 'the head is job' said || fail "$(cat said)"
    said=$("$reproduce" --submit "${slurm[@]}" 2>&1) && fail "a second head was let in"
    [[ $said == *"belongs to a head"* ]] || fail "$said"
    for tries in $(seq 240); do
        said=$("$reproduce" --status 2>&1 || true)
        [[ $said != *"PRETRAIN (vicreg-s0): job"* ]] || break
        sleep 0.5
    done
    echo "$said" | sed 's/^/       /'
    [[ $said == *"head: job "*" running"* ]] || fail "--status does not show the head"
    [[ $said =~ [1-9]\ of\ [0-9]+\ tasks\ done,\ 1\ running ]] || fail "--status does not count"
    sleep 4
    "$reproduce" --cancel > said 2>&1 || fail "$(cat said)"
    same "" "$(squeue -h)"
    local saved
    saved=$(head -c 400 store/pretrain-*/*/checkpoint.safetensors | grep -ao '"step":"[0-9]*"' | tr -dc 0-9)
    echo "       saved after step $saved"
    [ "$saved" -gt 0 ] || fail "nothing was saved"
    # the job's limit comes while the training runs; the next head takes over
    EQUIREPRO_HEAD_TIME=00:01:00 EQUIREPRO_HEAD_MARGIN=30 "$reproduce" --submit "${slurm[@]}" > said
    for tries in $(seq 300); do
        [ ! -s results/report.html ] || break
        sleep 1
    done
    [ -s results/report.html ] || { tail -n 20 results/pipeline_info/head-*.log >&2; fail "the run did not end"; }
    grep -q "goes on after step $saved" work/*/*/.command.err || fail "the training did not go on from step $saved"
}

lab_possible || { echo "0 passed, 0 failed"; exit 0; }
trap lab_stop EXIT
lab_start
run_tests
