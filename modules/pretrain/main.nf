process PRETRAIN {
    tag "${id}"
    label 'train'
    // several processes can do it together, a GPU each; the poster's numbers
    ext poster: { config.contains('"vit_large_patch16"') ? 32 : config.contains('"vit_small_patch16"') ? 8 : 1 }

    input:
    tuple val(id), val(config), path(shards, stageAs: 'shards')
    val fingerprint

    output:
    tuple val(id), path("${id}"), emit: encoders    // encoder, folder: encoder.safetensors (SIE: predictor.safetensors), curves.csv, pictures/

    script:
    // where checkpoints lie and how long a try may take change no result: they come from the environment and from task.*
    def budget = task.time ? "--budget \$((${task.time.toSeconds()} - EQUIREPRO_MARGIN))" : ''
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    equirepro pretrain --config config.json --data ${shards} --out ${id} \\
        --store "\$EQUIREPRO_STORE/pretrain-${fingerprint.md5()}" --threads ${task.cpus} ${budget}
    """

    stub:
    """
    mkdir ${id}
    touch ${id}/{encoder.safetensors,curves.csv,settings.json,meter.json}
    """
}
