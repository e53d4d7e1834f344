#!/usr/bin/env bash
# Which libtorch and which GPU a command gets; a program in nvidia-smi's place says that there are two.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"
unset EQUIREPRO_DEVICE

# chosen: what choose_native exports for the clone in $scratch/site, in the environment it is called in.
chosen() {
    (
        repo=$scratch/site
        . "$copy/bin/lib/java.sh"
        . "$copy/bin/lib/tools.sh"
        choose_native
        echo "$EQUIREPRO_DEVICE $PYTORCH_VERSION $PYTORCH_FLAVOR ${PYTORCH_LIBRARY_PATH#"$repo"/java-tools/dist/native/}"
    )
}

# await FILE: until something is in it.
await() {
    local tries
    for tries in $(seq 300); do
        [ ! -s "$1" ] || return 0
        sleep 0.1
    done
    fail "nothing came into $1 in 30 s"
}

two_gpus() {
    mkdir -p "$scratch/smi"
    printf '#!/bin/sh\necho 0; echo 1\n' > "$scratch/smi/nvidia-smi"
    chmod +x "$scratch/smi/nvidia-smi"
    PATH=$scratch/smi:$PATH
}

test_cpu_unless_the_cuda_set_and_a_driver_are_there() {
    same "cpu 2.7.1 cpu cpu" "$(chosen)"
    two_gpus
    same "cpu 2.7.1 cpu cpu" "$(chosen)"
    mkdir -p "$scratch/site/java-tools/dist/native/cu124"
    same "gpu 2.5.1 cu124 cu124" "$(chosen)"
    same "cpu 2.7.1 cpu cpu" "$(EQUIREPRO_DEVICE=cpu chosen)"
    rm -r "$scratch/site"
}

test_what_the_site_sets_is_kept() {
    same "gpu 9.9 cu999 /own" "$(EQUIREPRO_DEVICE=gpu PYTORCH_LIBRARY_PATH=/own PYTORCH_VERSION=9.9 PYTORCH_FLAVOR=cu999 chosen)"
    local said
    said=$(EQUIREPRO_DEVICE=tpu chosen 2>&1) && fail "accepted"
    [[ $said == *"must be auto, cpu or gpu, found tpu"* ]] || fail "$said"
}

# Each process has a GPU to itself until it ends; a third waits.
test_a_gpu_belongs_to_one_process() {
    two_gpus
    export TMPDIR=$scratch EQUIREPRO_DEVICE=gpu
    unset CUDA_VISIBLE_DEVICES
    repo=$copy
    . "$copy/bin/lib/tools.sh"
    (take_gpu && echo "$CUDA_VISIBLE_DEVICES" > "$scratch/gpu-first" && exec sleep 3) &
    await "$scratch/gpu-first"
    (take_gpu && echo "$CUDA_VISIBLE_DEVICES" > "$scratch/gpu-second" && exec sleep 60) &
    local second=$!
    await "$scratch/gpu-second"
    (take_gpu 2> "$scratch/said" && echo "$CUDA_VISIBLE_DEVICES" > "$scratch/gpu-third")
    kill "$second"
    same "0 1 0" "$(cat "$scratch/gpu-first" "$scratch/gpu-second" "$scratch/gpu-third" | xargs)"
    grep -q "waiting for a free GPU" "$scratch/said" || fail "the third did not say that it waits"
}

test_device_and_libtorch_are_checked_before_anything_is_built() {
    local said
    said=$("$copy/bin/reproduce" --build-only --device tpu 2>&1) && fail "accepted"
    [[ $said == *"--device must be cpu or gpu, found tpu"* ]] || fail "$said"
    said=$("$copy/bin/reproduce" --libtorch 2>&1) && fail "accepted"
    [[ $said == *"--libtorch needs a value"* ]] || fail "$said"
    said=$("$copy/bin/reproduce" --build-only --libtorch "$scratch" 2>&1) && fail "accepted"
    [[ $said == *"lacks libc10.so, libtorch.so, libtorch_cpu.so, libdjl_torch.so"* ]] || fail "$said"
}

run_tests
