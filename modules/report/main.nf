process REPORT {
    tag 'report.html'
    label 'cpu_small'

    input:
    val config
    tuple path(results, stageAs: 'summary/results.csv'), path(tables, stageAs: 'summary/tables')
    path encoders, stageAs: 'encoders/*'
    path evaluations, stageAs: 'evaluations/*'
    path samples, stageAs: 'datasets/*'
    path paper
    val tools                                       // NAME=VALUE words: versions, fingerprints of all programs

    output:
    path 'report/report.html', emit: report
    path 'report/figures', emit: figures            // folder: a *.svg and a *.csv each
    path 'report/cost', emit: cost, optional: true  // folder: cost.csv, cost.md, cost.tex
    path 'tools.properties', emit: tools

    script:
    """
    cat > config.json <<'END_OF_CONFIG'
    ${config}
    END_OF_CONFIG
    printf '%s\\n' ${tools} > tools.properties
    equirepro report --config config.json --tables summary --encoders encoders/* --evaluations evaluations/* --samples datasets/* \\
        --paper ${paper} --tools tools.properties --out report
    """

    stub:
    """
    mkdir -p report/figures report/cost
    touch report/report.html report/cost/cost.csv tools.properties
    """
}
