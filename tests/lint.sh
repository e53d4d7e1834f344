#!/usr/bin/env bash
# Nextflow files by the strict parser, shell scripts by bash, the schema against the configuration's defaults.
. "$(dirname "${BASH_SOURCE[0]}")/lib/harness.sh"

test_nextflow_files() {
    cd "$copy"
    java -cp "java-tools/dist/nextflow/lib/*" tests/lib/NextflowLint.java main.nf nextflow.config workflows modules conf profiles
}

test_main_is_short() {
    [ "$(wc -l < "$copy/main.nf")" -le 100 ]
}

test_scripts_parse() {
    local script
    for script in "$repo"/bin/{reproduce,verify,equirepro,nextflow} "$repo"/bin/lib/*.sh "$repo"/tests/*.sh "$repo"/tests/{lib,slurm}/*.sh "$repo/.ci/run"; do
        bash -n "$script"
    done
}

# `nextflow config` under both parsers: the same parameters, and the defaults that nextflow_schema.json tells the user.
test_defaults_are_as_described() {
    cd "$scratch"
    local parser
    for parser in v1 v2; do
        NXF_SYNTAX_PARSER=$parser "$copy/bin/nextflow" config -flat "$copy" 2>/dev/null | grep '^params\.' | sort > "params.$parser"
    done
    diff params.v1 params.v2
    java -cp "$copy/java-tools/dist/lib/*" "$repo/tests/lib/SchemaDefaults.java" "$copy/nextflow_schema.json" params.v1
}

run_tests
