// equirepro: from pictures to the paper's tables. The graph is in workflows/study.nf, what to run in conf/studies/.

include { STUDY } from './workflows/study'
include { check; help; settings; studyFile } from './workflows/parameters'

workflow {
    main:
    if (params.help) {
        println help()
    }
    else {
        check(params, workflow.profile)
        STUDY(studyFile(params), settings(params))
    }

    workflow.onComplete = {
        if (params.help) {
            return
        }
        if (!workflow.success) {
            println failure(workflow.errorReport)
            return
        }
        def out = file(params.outdir)
        files("${out}/tables/*.md").sort().each { table -> println '\n' + table.text.trim() }
        println "\nReport: ${out}/report.html"
    }
}

// One line: the task that failed, the last line it wrote to stderr, and what to do.
def failure(report) {
    def lines = (report ?: '').readLines()
    def task = lines.find { line -> line.startsWith('Error executing process > ') }
    if (!task) {
        return 'equirepro: the run ended before its end; mend the reason named above, then run the same command with -resume'
    }
    def name = task - 'Error executing process > '
    def at = [lines.indexOf('Command error:'), lines.indexOf('Command output:'), lines.indexOf('Caused by:')].find { index -> index >= 0 } ?: 0
    def message = lines.drop(at + 1).takeWhile { line -> line.startsWith('  ') }.findAll { line -> line.trim() }
    return "equirepro: ${name} failed: ${message ? message.last().trim() : 'see .nextflow.log'}\n" +
        'equirepro: mend the reason, then run the same command with -resume: what is done stays done'
}
