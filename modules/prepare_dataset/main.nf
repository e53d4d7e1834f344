process PREPARE_DATASET {
    tag "${id}"
    label 'cpu'

    input:
    tuple val(id), val(config), path(source, stageAs: 'source/*')      // source: [] for rendered data
    val fingerprint

    output:
    tuple val(id), path("${id}"), emit: shards                         // data set, folder of shards
    path "${id}.receipt.json", emit: receipt
    tuple val(id), path("${id}.samples.png"), emit: samples            // data set, some pictures on one sheet

    script:
    def from = source ? "--source ${source}" : ''
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    equirepro prepare --config config.json ${from} --out ${id} --store "\$EQUIREPRO_STORE/prepare-${fingerprint.md5()}"
    cp ${id}/receipt.json ${id}.receipt.json
    equirepro data show ${id} --count 8 --columns 4 --cell 160 --out ${id}.samples.png
    """

    stub:
    """
    mkdir ${id}
    touch ${id}/{receipt.json,index.csv,classes.txt,train-00000.tar} ${id}.receipt.json ${id}.samples.png
    """
}
