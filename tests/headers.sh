#!/usr/bin/env bash
# What jobs ask SLURM for, as text: stub runs of the paper study with a program in sbatch's place that runs each job here.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

fake_slurm() {
    mkdir -p "$scratch/fake" "$scratch/imagenet" "$scratch/3diebench"
    cat > "$scratch/fake/sbatch" << 'END'
#!/bin/bash
script=${!#}
(exec 3>&-; bash "$script" > .command.log 2>&1) < /dev/null > /dev/null 2>&1 &
echo "Submitted batch job $$"
END
    printf '#!/bin/sh\nexit 0\n' | tee "$scratch/fake/squeue" > "$scratch/fake/scancel"
    chmod +x "$scratch/fake"/*
    PATH=$scratch/fake:$PATH
}

# asked FOLDER TASK: the #SBATCH lines of a task of the run there, less what names folders and the session.
asked() {
    local command
    command=$(grep -lF "name: 'STUDY:$2'" "$scratch/$1"/work/*/*/.command.run)
    sed -n 's/^#SBATCH //p' "$command" | grep -v '^-[oJ] ' | sed 's/ --job-name=[^ ]*//'
}

paper() {
    local folder=$1
    shift
    succeed "$folder" -profile slurm,paper,gpu -stub-run --imagenet "$scratch/imagenet" \
        --threediebench "$scratch/3diebench" "$@"
}

export EQUIREPRO_SITE=$repo/tests/slurm/fast.config

test_gres_for_8_and_32_gpus() {
    fake_slurm
    paper gres --rows ibot-vits,ibot-vitl,objects-vicreg --partition booster --cpu_partition batch --account project1 --qos long --max_time 24.h \
        --train_time 30.h
    local common="-c 8
-t 24:00:00
--mem 65536M
-p booster"
    same "--no-requeue
$common
--gres=gpu:4 --nodes=2 --ntasks-per-node=4 --mem=262144M --account=project1 --qos=long --signal=USR1@300 --dependency=singleton" \
        "$(asked gres 'PRETRAIN (ibot-vits-s0)')"
    same "--no-requeue
$common
--gres=gpu:4 --nodes=8 --ntasks-per-node=4 --mem=262144M --account=project1 --qos=long --signal=USR1@300 --dependency=singleton" \
        "$(asked gres 'PRETRAIN (ibot-vitl-s0)')"
    same "--no-requeue
$common
--gres=gpu:1 --nodes=1 --ntasks-per-node=1 --account=project1 --qos=long --signal=USR1@300 --dependency=singleton" \
        "$(asked gres 'PRETRAIN (objects-vicreg-s0)')"
    same "--no-requeue
-t 01:00:00
--mem 1024M
-p batch
--nodes=1 --ntasks-per-node=1 --account=project1 --qos=long --signal=USR1@300 --dependency=singleton" "$(asked gres 'PLAN (paper)')"
    # one name a task, so that a second job of it waits for the first
    local names
    names=$(grep -ho 'job-name=[^ ]*' "$scratch"/gres/work/*/*/.command.run | sort | uniq -d)
    same "" "$names"
}

test_gpus_per_node_and_another_type() {
    fake_slurm
    paper per-node --rows ibot-vits,ibot-vitl --gpu_request gpus-per-node --gpu_type a100
    asked per-node 'PRETRAIN (ibot-vits-s0)' | grep -qF -- "--gpus-per-node=a100:4 --nodes=2 --ntasks-per-node=4" || fail "8 GPUs"
    asked per-node 'PRETRAIN (ibot-vitl-s0)' | grep -qF -- "--gpus-per-node=a100:4 --nodes=8 --ntasks-per-node=4" || fail "32 GPUs"
}

test_gpus_of_a_type() {
    fake_slurm
    paper gpus --rows ibot-vits,ibot-vitl --gpu_request gpus --gpu_type h100
    asked gpus 'PRETRAIN (ibot-vits-s0)' | grep -qF -- "--gpus=h100:8 --nodes=2 --ntasks-per-node=4" || fail "8 GPUs"
    asked gpus 'PRETRAIN (ibot-vitl-s0)' | grep -qF -- "--gpus=h100:32 --nodes=8 --ntasks-per-node=4" || fail "32 GPUs"
}

# A site's own file sets all of it; the command line goes before it. 64 GPUs, two a node.
test_site_file() {
    fake_slurm
    cp "$EQUIREPRO_SITE" "$scratch/site.config"
    printf "params.partition = 'mine'\nparams.account = 'me'\nparams.modules = 'Java/17'\nparams.ranks_per_node = 2\n" >> "$scratch/site.config"
    module() { :; }
    export -f module
    EQUIREPRO_SITE=$scratch/site.config paper site --rows ibot-vits --account you --ranks 64
    local asked
    asked=$(asked site 'PRETRAIN (ibot-vits-s0)')
    grep -qF -- "-p mine" <<< "$asked" || fail "partition: $asked"
    grep -qF -- "--gres=gpu:2 --nodes=32 --ntasks-per-node=2" <<< "$asked" || fail "nodes: $asked"
    grep -qF -- "--account=you" <<< "$asked" || fail "account: $asked"
    grep -lq 'module load Java/17' "$scratch"/site/work/*/*/.command.run || fail "no module is loaded"
}

test_preview_of_the_paper() {
    fake_slurm
    local profile parser
    for parser in v1 v2; do
        for profile in slurm,paper paper,gpu,juwels_booster; do
            NXF_SYNTAX_PARSER=$parser succeed "preview-$parser" -profile "$profile" -preview --imagenet "$scratch/imagenet" --threediebench "$scratch/3diebench"
        done
    done
}

# What srun is told: bound, each rank its cores, MPI for ranks on CPUs only.
test_words_of_srun() {
    repo=$copy
    . "$copy/bin/lib/tools.sh"
    unset EQUIREPRO_MPI SLURM_CPUS_PER_TASK
    local usual="srun --kill-on-bad-exit=1 --cpu-bind=cores --cpus-per-task"
    same "$usual=12 " "$(EQUIREPRO_DEVICE=gpu SLURM_NTASKS=8 SLURM_CPUS_PER_TASK=12 srun_words)"
    same "$usual=1 --mpi=pmix" "$(EQUIREPRO_DEVICE=cpu SLURM_NTASKS=8 srun_words)"
    same "$usual=1 " "$(EQUIREPRO_DEVICE=cpu SLURM_NTASKS=1 srun_words)"
}

run_tests
