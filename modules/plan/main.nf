process PLAN {
    tag "${study.baseName}"
    label 'cpu_small'

    input:
    path study, stageAs: 'conf/studies/*'
    path recipes, stageAs: 'conf/recipes/*'
    path schemas, stageAs: 'conf/schema/*'
    val settings        // list of KEY=VALUE
    val fingerprint

    output:
    path 'plan/plan.jsonl', emit: rows      // a task a line
    path 'plan/plan.md', emit: summary

    script:
    def set = settings.collect { setting -> "--set '${setting.replace("'", "'\\''")}'" }.join(' ')
    """
    equirepro plan --study ${study} --conf conf --out plan ${set}
    """

    stub:
    // planning takes a second and everything else hangs on it: a stub run plans in earnest
    def set = settings.collect { setting -> "--set '${setting.replace("'", "'\\''")}'" }.join(' ')
    """
    equirepro plan --study ${study} --conf conf --out plan ${set}
    """
}
