process REPORT {
    tag 'report.html'
    label 'cpu_small'

    input:
    val config
    tuple path(results, stageAs: 'summary/results.csv'), path(tables, stageAs: 'summary/tables')
    path encoders, stageAs: 'encoders/*'
    val fingerprint

    output:
    path 'report.html', emit: report

    script:
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    equirepro report --config config.json --tables summary --encoders encoders/* --out report.html
    """

    stub:
    """
    touch report.html
    """
}
