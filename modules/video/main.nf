process VIDEO {
    tag "${id}"
    label 'train'
    label 'probe'

    input:
    tuple val(id), val(config), path(shards, stageAs: 'shards'), path(encoder, stageAs: 'encoder')
    val fingerprint

    output:
    tuple val(id), path("${id}"), emit: results     // evaluation, folder: result.csv, curves.csv, predictions.csv

    script:
    def budget = task.time ? "--budget \$((${task.time.toSeconds()} - EQUIREPRO_MARGIN))" : ''
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    equirepro video --config config.json --data ${shards} --encoder ${encoder} --out ${id} \\
        --store "\$EQUIREPRO_STORE/video-${fingerprint.md5()}" \\
        --threads ${task.cpus} ${budget}
    """

    stub:
    """
    mkdir ${id}
    touch ${id}/{result.csv,curves.csv,settings.json}
    """
}
