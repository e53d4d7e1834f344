// equirepro: from pictures to the paper's tables. The graph is in workflows/study.nf, what to run in conf/studies/.

include { STUDY } from './workflows/study'
include { check; help; settings; studyFile } from './workflows/parameters'

workflow {
    main:
    def shown = []
    if (params.help) {
        println help()
    }
    else {
        check(params)
        STUDY(studyFile(params), settings(params), params.device, params.together)
        STUDY.out.tables.subscribe { folder -> shown << folder }
    }

    workflow.onComplete = {
        if (params.help) {
            return
        }
        if (!workflow.success) {
            println failure(workflow.errorReport)
            return
        }
        // the tables of the paper; those by single parameter are in the report
        shown.collectMany { folder -> files("${folder}/*.md").sort() }
            .findAll { table -> !(table.name =~ /_(parameters|details)\.md$/) }
            .each { table -> println '\n' + table.text.trim() }
        println "\nReport: ${file(params.outdir)}/report.html"
    }
}

// One line: the task that failed, the last line it wrote to stderr, and what to do.
def failure(report) {
    def lines = (report ?: '').readLines()
    def task = lines.find { line -> line.startsWith('Error executing process > ') }
    if (!task) {
        return 'equirepro: stopped; mend the reason named above, then run the same command with -resume'
    }
    def said = ['Command error:', 'Command output:', 'Caused by:'].collect { title -> section(lines, title) }.find { text -> text }
    return "equirepro: ${task.replaceAll(/.*'(\w+:)?(.*)'.*/, '$2')} failed: ${(said ?: 'see .nextflow.log') - ~/^equirepro: /}\n" +
        'equirepro: mend the reason, then run the same command with -resume; what is done stays done'
}

// The last line below a title of Nextflow's error report, null if there is none.
def section(lines, title) {
    def at = lines.indexOf(title)
    def below = at < 0 ? [] : lines.drop(at + 1).takeWhile { line -> line.startsWith('  ') || !line }.findAll { line -> line.trim() && line.trim() != '(empty)' }
    return below ? below.last().trim() : null
}
