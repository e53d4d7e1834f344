process DEPTH {
    tag "${id}"
    label 'train'
    // several processes can do it together, a GPU each; the poster's numbers
    ext poster: { config.contains('"vit_large_patch16"') ? 8 : config.contains('"vit_small_patch16"') ? 4 : 1 }

    input:
    tuple val(id), val(config), path(shards, stageAs: 'shards'), path(encoder, stageAs: 'encoder')
    val fingerprint

    output:
    tuple val(id), path("${id}"), emit: results     // evaluation, folder: result.csv, curves.csv, predictions.csv, pictures/

    script:
    def budget = task.time ? "--budget \$((${task.time.toSeconds()} - EQUIREPRO_MARGIN))" : ''
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    equirepro depth --config config.json --data ${shards} --encoder ${encoder} --out ${id} \\
        --store "\$EQUIREPRO_STORE/depth-${fingerprint.md5()}" --threads ${task.cpus} ${budget}
    """

    stub:
    """
    mkdir ${id}
    touch ${id}/{result.csv,curves.csv,settings.json,meter.json}
    """
}
