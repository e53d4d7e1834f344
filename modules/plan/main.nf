process PLAN {
    tag "${study.baseName}"
    label 'cpu_small'

    input:
    path study, stageAs: 'conf/studies/*'
    path recipes, stageAs: 'conf/recipes/*'
    path schemas, stageAs: 'conf/schema/*'
    val settings        // list of words: --rows A,B --seeds 0 --set KEY=VALUE
    val fingerprint

    output:
    path 'plan/plan.jsonl', emit: rows      // a task a line
    path 'plan/plan.md', emit: summary

    script:
    def options = settings.collect { word -> "'${word.replace("'", "'\\''")}'" }.join(' ')
    """
    equirepro plan --study ${study} --conf conf --out plan ${options}
    """

    stub:
    // planning takes a second and everything else hangs on it: a stub run plans in earnest
    def options = settings.collect { word -> "'${word.replace("'", "'\\''")}'" }.join(' ')
    """
    equirepro plan --study ${study} --conf conf --out plan ${options}
    """
}
