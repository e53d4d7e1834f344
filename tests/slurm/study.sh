#!/usr/bin/env bash
# The test study on the lab, whatever can have several ranks on two nodes over MPI, and once more on this machine by as many
# processes: encoders and tables are the same to the bit; then a stub run of the whole paper study, four GPUs on two nodes for a
# training. Prints lines for docs/hpc.md.
#     EQUIREPRO_TEST_DIR=DIR tests/slurm/study.sh [ARGUMENTS of bin/reproduce, such as --rows]      DIR has the clone that tests/setup.sh makes
. "$(dirname "${BASH_SOURCE[0]}")/../lib/harness.sh"
. "$repo/tests/slurm/lab.sh"
export OMPI_MCA_btl=tcp,self EQUIREPRO_SITE=$repo/tests/slurm/fast.config
run=(-resume --train_memory 1500.MB --train_time 2.h "$@")

# of_study PROCESSES: the jobs that ended of the test study's run.
of_study() { noted "STUDY:$1" | grep "WorkDir=$scratch/study-slurm/"; }

# jobs PROCESS: how many ended, on which partition and how many nodes.
jobs() {
    of_study "$1-" | sed 's/.*JobState=\([A-Z]*\) Partition=\([a-z]*\) .*NodeCnt=\([0-9]*\) .*/\2 \3 \1/' | sort | uniq -c \
        | while read -r count partition nodes state; do echo "$count x $nodes of $partition, $state"; done | paste -sd';'
}

test_study() {
    local both small="PLAN\|PREPARE_DATASET\|TABLES\|REPORT" process
    both=$(printf '%s\\|' "${ranked[@]^^}")
    both=${both%??}
    succeed study-slurm -profile slurm,test --ranks 2 --ranks_per_node 1 --partition gpu --cpu_partition cpu "${run[@]}"
    EQUIREPRO_LAUNCHER=$(ranks_here) succeed study-here -profile test "${run[@]}"
    echo
    echo "| process | jobs and nodes |"
    echo "|---|---|"
    for process in $(of_study "" | sed 's/.*Name=[^ ]*STUDY:\([A-Z0-9_]*\).*/\1/' | sort -u); do echo "| $process | $(jobs "$process") |"; done
    echo
    of_study "\($both\)-" | grep -v 'Partition=gpu .*NodeCnt=2' && fail "what has two ranks was not on two nodes of the gpu partition"
    of_study "" | grep -v "STUDY:\($small\|$both\)-" | grep -v 'Partition=gpu .*NodeCnt=1' && fail "an evaluation ran elsewhere"
    of_study "\($small\)-" | grep -v 'Partition=cpu ' && fail "a small task ran on the gpu partition"
    same_results study-slurm study-here
    echo "       $(ls "$scratch"/study-slurm/results/encoders | wc -l) encoders and $(ls "$scratch"/study-slurm/results/tables | wc -l) files of tables are the same to the bit"
}

test_stub_run_of_the_paper() {
    local folder=$scratch/paper-stub tasks
    mkdir -p "$folder" "$scratch/imagenet" "$scratch/3diebench"
    cd "$folder"
    # Nextflow itself: bin/reproduce would fetch libtorch for CUDA, which no stub needs
    "$copy/bin/nextflow" run "$copy" -profile slurm,paper,gpu -stub-run --ranks 4 --ranks_per_node 2 --max_cpus 1 --max_memory 1.GB \
        --partition gpu --cpu_partition cpu --imagenet "$scratch/imagenet" --threediebench "$scratch/3diebench" > log 2>&1 \
        || { tail -n 30 log >&2; fail "the stub run failed"; }
    tasks=$(wc -l < results/pipeline_info/plan.jsonl)
    same "$((tasks + 1))" "$(grep -c COMPLETED results/pipeline_info/trace.txt)"
    same "$((tasks + 1))" "$(grep -c "JobState=COMPLETED .*WorkDir=$PWD/" "$lab/jobs.log")"
    noted PRETRAIN | grep "WorkDir=$PWD/" | grep -v 'Partition=gpu .*NodeCnt=2 ProcCnt=4' && fail "a training did not have four tasks on two nodes"
    echo "       $((tasks + 1)) jobs"
}

lab_possible || { echo "0 passed, 0 failed"; exit 0; }
trap lab_stop EXIT
lab_start
run_tests
