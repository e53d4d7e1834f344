// Several evaluations by one process, of one encoder, one after the other in one job: --together
process PROBES {
    tag "${ids[0]}+${ids.size() - 1}"
    label 'train'

    input:
    tuple val(ids), val(commands), val(configs), val(codes), path(shards, stageAs: 'data?/*'), path(encoders, stageAs: 'encoder?/*')

    output:
    tuple val(ids), path(ids), emit: results        // evaluations, a folder for each

    script:
    // an apostrophe would end the shell's word
    def words = [ids, commands, configs, codes, [shards].flatten(), [encoders].flatten()].transpose()
    def each = words.collect { id, command, config, code, data, encoder ->
        "evaluate ${id} ${command} '${config.replace("'", '\\u0027')}' ${code.md5()} ${data} ${encoder}"
    }
    def budget = task.time ? "budget=\$((${task.time.toSeconds()} - EQUIREPRO_MARGIN - SECONDS)); [ \$budget -gt 0 ] || exit 75" : ''
    """
    evaluate() {
        local budget=
        ${budget}
        printf '%s\\n' "\$3" > \$1.json
        equirepro \$2 --config \$1.json --data \$5 --encoder \$6 --out \$1 \\
            --store "\$EQUIREPRO_STORE/\$2-\$4" --features "\$EQUIREPRO_STORE/features" \\
            --threads ${task.cpus} \${budget:+--budget \$budget}
    }
    ${each.join('; ')}
    """

    stub:
    """
    for id in ${ids.join(' ')}; do
        mkdir \$id
        touch \$id/{result.csv,curves.csv,settings.json}
    done
    """
}
