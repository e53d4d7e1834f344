#!/usr/bin/env bash
# A bundle, unpacked elsewhere, runs without a network and writes nothing to $HOME.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

# alone COMMAND...: in a network namespace with nobody in it, where this user may make one.
alone() {
    if unshare -n true 2> /dev/null; then
        unshare -n "$@"
    else
        echo "NOTICE no network namespace can be made; Maven is hidden instead" >&2
        "$@"
    fi
}

test_bundle() {
    local elsewhere=$scratch/elsewhere home=$scratch/home java
    mkdir -p "$elsewhere" "$home" "$scratch/no maven"
    "$copy/bin/reproduce" --bundle "$scratch/bundle.tar" > "$scratch/said" 2>&1 || { cat "$scratch/said" >&2; fail "no bundle"; }
    tar xf "$scratch/bundle.tar" -C "$elsewhere"
    rm "$scratch/bundle.tar"
    printf '#!/bin/sh\necho "mvn was called" >&2\nexit 1\n' > "$scratch/no maven/mvn"
    chmod +x "$scratch/no maven/mvn"
    mkdir -p "$scratch/offline"
    cd "$scratch/offline"
    # libtorch computes, and Nextflow runs a whole study
    (
        unset NXF_HOME
        export HOME=$home PATH=$scratch/no\ maven:$PATH
        alone "$elsewhere/equirepro/bin/equirepro" doctor > log 2>&1
        alone "$elsewhere/equirepro/bin/reproduce" -profile test -stub-run >> log 2>&1
    ) || { tail -n 30 log >&2; fail "the unpacked bundle does not run"; }
    same "" "$(find "$home" -mindepth 1)"
    rm -rf "$elsewhere"
}

test_wrong_use() {
    local said
    said=$("$copy/bin/reproduce" --bundle x -profile test 2>&1) && fail "accepted"
    [[ $said == *"takes no other arguments"* ]] || fail "$said"
    said=$("$copy/bin/reproduce" --bundle "$scratch" 2>&1) && fail "accepted"
    [[ $said == *"name a file"* ]] || fail "$said"
}

run_tests
