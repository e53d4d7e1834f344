#!/usr/bin/env bash
# Real SLURM, of two nodes on this machine: the pipeline over both, a training over many short jobs, a head that is a job.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"
. "$repo/tests/slurm/lab.sh"
export OMPI_MCA_btl=tcp,self EQUIREPRO_SITE=$repo/tests/slurm/fast.config
slurm=(-profile slurm,test --train_memory 1500.MB --partition gpu --cpu_partition cpu)

test_1_two_nodes_give_the_tables_of_two_processes_here() {
    succeed nodes "${slurm[@]}" --rows vicreg --ranks 2 --ranks_per_node 1
    noted PRETRAIN | grep -q 'Partition=gpu .*NodeCnt=2' || fail "the pretraining did not have two nodes of the gpu partition"
    noted 'R2_IMAGE\|LINEAR_PROBE' | grep -v 'Partition=gpu' && fail "an evaluation ran outside of the gpu partition"
    EQUIREPRO_LAUNCHER=$(ranks_here) succeed here -profile test --rows vicreg --train_memory 1500.MB
    same_results nodes here
}

# Another user with the same store, elsewhere: every long task is found, none is computed.
test_2_the_store_repeats_nothing() {
    succeed elsewhere -profile test --rows vicreg --store "$scratch/nodes/store"
    same_results nodes elsewhere
    local computed
    computed=$(grep -L 'finished before' "$scratch"/elsewhere/work/*/*/.command.err | xargs -n 1 dirname | while read -r task; do
        sed -n "s/^### name: 'STUDY:\([A-Z0-9_]*\).*/\1/p" "$task/.command.run"; done | sort | paste -sd' ')
    same "PLAN REPORT TABLES" "$computed"
}

# The evaluations of a kind as one job array; then those of an encoder in one job. The encoder is there, its evaluations are not.
test_3_evaluations_in_arrays_and_together() {
    local folder
    for folder in arrays together; do
        mkdir -p "$scratch/$folder/store"
        cp -r "$scratch"/nodes/store/pretrain-* "$scratch/$folder/store/"
    done
    succeed arrays "${slurm[@]}" --rows vicreg,vicreg-g-angle --array 2
    same 2 "$(cat "$scratch"/arrays/work/*/*/.command.run | grep -c '^#SBATCH --array 0-1$')"
    succeed together "${slurm[@]}" --rows vicreg --together 2
    same "PROBES linear-probe-vicreg-s0+1" "$(executed together | grep -v '^PLAN \|^PREPARE_DATASET \|^PRETRAIN \|^TABLES \|^REPORT ')"
    same_results nodes together
    for folder in "$scratch"/nodes/results/evaluations/*; do
        cmp "$folder/result.csv" "$scratch/arrays/results/evaluations/${folder##*/}/result.csv" || fail "${folder##*/} differs"
    done
}

# seconds FOLDER: what the pretraining of the run there took.
seconds() {
    awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $at["process"] ~ /PRETRAIN/ { print $at["realtime"] }' \
        "$scratch/$1/results/pipeline_info/trace.txt" \
        | awk '{ s = 0; for (i = 1; i <= NF; i++) s += $i * ($i ~ /ms$/ ? 0.001 : $i ~ /m$/ ? 60 : 1); print int(s) }'
}

# Jobs of a tenth of the time that is needed: the training saves itself, ends with 75 and is sent again.
test_4_a_training_over_many_jobs() {
    edit conf/recipes/test-vicreg.yml 's/^steps: .*/steps: 1000/'
    succeed long -profile test --rows vicreg
    local tenth=$(($(seconds long) / 10))
    succeed short "${slurm[@]}" --rows vicreg --train_time $((300 + tenth)).s --budget_margin 300
    same_results long short
    local jobs
    jobs=$(noted PRETRAIN | grep -c "WorkDir=$scratch/short/")
    echo "       $(seconds long) s in one job, $tenth s a job: $jobs jobs"
    [ "$jobs" -ge 8 ] || fail "only $jobs jobs"
}

# The head is a job. --cancel, then the same once more with a head of a minute, which sends itself again, and trainings by two ranks.
test_5_submitted_head() {
    edit conf/recipes/test-vicreg.yml 's/^steps: .*/steps: 1200/'
    mkdir -p "$scratch/submitted"
    cd "$scratch/submitted"
    local reproduce="$copy/bin/reproduce" said tries
    "$reproduce" --submit "${slurm[@]}" --rows vicreg > said
    grep -q 'the head is job' said || fail "$(cat said)"
    said=$("$reproduce" --submit "${slurm[@]}" --rows vicreg 2>&1) && fail "a second head was let in"
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
    # the head's limit comes while the training runs; the next head takes over
    EQUIREPRO_HEAD_TIME=00:01:00 EQUIREPRO_HEAD_MARGIN=30 "$reproduce" --submit "${slurm[@]}" --rows vicreg --ranks 2 --ranks_per_node 1 > said
    for tries in $(seq 900); do
        [ ! -s results/report.html ] || break
        sleep 1
    done
    [ -s results/report.html ] || { tail -n 20 results/pipeline_info/head-*.log >&2; fail "the run did not end"; }
    grep -q "goes on after step $saved" work/*/*/.command.err || fail "the training did not go on from step $saved"
    noted PRETRAIN | grep "WorkDir=$PWD/" | grep -q 'NodeCnt=2' || fail "the training did not go on by two ranks"
    local heads
    heads=$(ls results/pipeline_info/head-*.log | wc -l)
    echo "       $((heads - 1)) heads after --cancel"
    [ "$heads" -gt 2 ] || fail "one head did it all; make the training longer"
}

lab_possible || { echo "0 passed, 0 failed"; exit 0; }
trap lab_stop EXIT
lab_start
run_tests
