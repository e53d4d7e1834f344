process TABLES {
    tag 'all'
    label 'cpu_small'

    input:
    val config
    path results, stageAs: 'evaluations/?/*'
    path paper
    path schemas, stageAs: 'results-schema/*'
    val fingerprint

    output:
    tuple path('summary/results.csv'), path('summary/tables'), emit: summary    // all rows; folder: *.csv, *.md, *.tex

    script:
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    equirepro tables --config config.json --results evaluations/*/*/result.csv --paper ${paper} \\
        --schema results-schema --out summary
    """

    stub:
    """
    mkdir -p summary/tables
    touch summary/results.csv summary/tables/r2_image.md
    """
}
