// The graph. A study is data: PLAN turns it into task rows, and each task gets only its own configuration, so that a
// change re-runs only its branch. Whatever changes a result is an input: configuration, files, fingerprint of the code.

include { PLAN } from '../modules/plan/main'
include { PREPARE_DATASET } from '../modules/prepare_dataset/main'
include { PRETRAIN } from '../modules/pretrain/main'
include { R2_IMAGE } from '../modules/r2_image/main'
include { R2_3DIEBENCH } from '../modules/r2_3diebench/main'
include { RETRIEVAL } from '../modules/retrieval/main'
include { LINEAR_PROBE } from '../modules/linear_probe/main'
include { KNN } from '../modules/knn/main'
include { LOGREG } from '../modules/logreg/main'
include { SEGMENT } from '../modules/segment/main'
include { HOMOGRAPHY } from '../modules/homography/main'
include { DETECT } from '../modules/detect/main'
include { KEYPOINTS } from '../modules/keypoints/main'
include { DEPTH } from '../modules/depth/main'
include { VIDEO } from '../modules/video/main'
include { PROBES } from '../modules/probes/main'
include { TABLES } from '../modules/tables/main'
include { REPORT } from '../modules/report/main'

workflow STUDY {
    take:
    study       // file: conf/studies/NAME.yml
    settings    // list of words: options of the planner
    device      // cpu or gpu
    together    // so many small evaluations of an encoder in one job; null for one

    main:
    def code = fingerprints(device)

    PLAN(study, files("${projectDir}/conf/recipes/*.yml").sort(), files("${projectDir}/conf/schema/*.json").sort(), settings, code['plan'])
    ch_rows = PLAN.out.rows.flatMap { plan -> grouped(parse(plan), together ?: 1) }     // a map a task

    ch_sources = ch_rows.filter { row -> row.process == 'PREPARE_DATASET' }
        .map { row -> tuple(row.id, row.config, row.source ? file(row.source, checkIfExists: true) : []) }
    PREPARE_DATASET(ch_sources, code['prepare'])                                        // out: [data, shards]

    ch_trainings = ch_rows.filter { row -> row.process == 'PRETRAIN' }
        .map { row -> tuple(row.data, row.id, row.config) }
        .combine(PREPARE_DATASET.out.shards, by: 0)
        .map { _data, id, config, shards -> tuple(id, config, shards) }
    PRETRAIN(ch_trainings, code['pretrain'])                                            // out: [encoder, folder]

    ch_evaluations = ch_rows.filter { row -> row.encoder }
        .map { row -> tuple(row.data, row.encoder, row.process, row.id, row.config, row.group) }
        .combine(PREPARE_DATASET.out.shards, by: 0)
        .map { _data, encoder, process, id, config, group, shards -> tuple(encoder, process, id, config, group, shards) }
        .combine(PRETRAIN.out.encoders, by: 0)
        .map { _encoder, process, id, config, group, shards, weights -> tuple(process, id, config, shards, weights, group) }

    R2_IMAGE(only(ch_evaluations, 'R2_IMAGE'), code['r2-image'])                        // out: [id, folder], as all below
    R2_3DIEBENCH(only(ch_evaluations, 'R2_3DIEBENCH'), code['r2-3diebench'])
    RETRIEVAL(only(ch_evaluations, 'RETRIEVAL'), code['retrieval'])
    LINEAR_PROBE(only(ch_evaluations, 'LINEAR_PROBE'), code['linear-probe'])
    KNN(only(ch_evaluations, 'KNN'), code['knn'])
    LOGREG(only(ch_evaluations, 'LOGREG'), code['logreg'])
    SEGMENT(only(ch_evaluations, 'SEGMENT'), code['segment'])
    HOMOGRAPHY(only(ch_evaluations, 'HOMOGRAPHY'), code['homography'])
    DETECT(only(ch_evaluations, 'DETECT'), code['detect'])
    KEYPOINTS(only(ch_evaluations, 'KEYPOINTS'), code['keypoints'])
    DEPTH(only(ch_evaluations, 'DEPTH'), code['depth'])
    VIDEO(only(ch_evaluations, 'VIDEO'), code['video'])
    PROBES(inGroups(ch_evaluations, code))                                              // out: [ids, folders]

    ch_results = R2_IMAGE.out.results
        .mix(R2_3DIEBENCH.out.results, RETRIEVAL.out.results, LINEAR_PROBE.out.results, KNN.out.results, LOGREG.out.results)
        .mix(SEGMENT.out.results, HOMOGRAPHY.out.results, DETECT.out.results, KEYPOINTS.out.results)
        .mix(DEPTH.out.results, VIDEO.out.results)
        .mix(PROBES.out.results.flatMap { _ids, folders -> folders.collect { folder -> tuple(folder.name, folder) } })
    TABLES(
        ch_rows.filter { row -> row.process == 'TABLES' }.map { row -> row.config },
        byId(ch_results),
        file("${projectDir}/conf/paper-values.csv", checkIfExists: true),
        files("${projectDir}/results-schema/*.json").sort(),
        code['tables']
    )
    REPORT(
        ch_rows.filter { row -> row.process == 'REPORT' }.map { row -> row.config },
        TABLES.out.summary,
        byId(PRETRAIN.out.encoders),
        byId(ch_results),
        byId(PREPARE_DATASET.out.samples),
        file("${projectDir}/conf/paper-values.csv", checkIfExists: true),
        tools(code)
    )

    // `emit: name = value` does not get through the strict parser of Nextflow 25.04.4
    tables = TABLES.out.summary.map { _results, folder -> folder }

    emit:
    tables      // folder: *.md, *.csv, *.tex
}

// [process, id, config, shards, encoder, group] -> [id, config, shards, encoder], of one process.
def only(evaluations, name) {
    return evaluations.filter { row -> row[0] == name && !row[5] }.map { row -> row[1..4] }
}

// The same of groups -> lists of ids, commands, configurations, hashes of code, shards, encoders; sorted by id.
def inGroups(evaluations, code) {
    return evaluations.filter { row -> row[5] }
        .map { row -> tuple(groupKey(row[5].first, row[5].size), row) }
        .groupTuple()
        .map { _key, rows ->
            rows.sort { row -> row[1] }.collect { process, id, config, shards, weights, _group ->
                def command = process.toLowerCase().replace('_', '-')
                [id, command, config, code[command], shards, weights]
            }.transpose()
        }
}

// Up to so many small evaluations of an encoder, in the plan's order, become a group: its first id and its size.
def grouped(rows, most) {
    def small = ['R2_IMAGE', 'R2_3DIEBENCH', 'RETRIEVAL', 'LINEAR_PROBE', 'KNN', 'LOGREG']
    def groups = rows.findAll { row -> row.process in small }.groupBy { row -> row.encoder }.values()
        .collectMany { held -> held.collate(most) }
        .findAll { held -> held.size() > 1 }
        .collectMany { held -> held.collect { row -> [row.id, [first: held[0].id, size: held.size()]] } }
        .collectEntries()
    return rows.collect { row -> row + [group: groups[row.id]] }
}

// [id, folder]... -> one list of folders, sorted by id: whoever finishes first, the next task's inputs are the same.
def byId(outputs) {
    return outputs.toSortedList { a, b -> a[0] <=> b[0] }.map { rows -> rows.collect { row -> row[1] } }
}

// plan.jsonl -> maps; `config` stays text, canonical JSON, since text has one hash.
def parse(plan) {
    return plan.readLines().collect { line ->
        def row = new groovy.json.JsonSlurper().parseText(line)
        row + [config: groovy.json.JsonOutput.toJson(sorted(row.config))]
    }
}

def sorted(value) {
    if (value instanceof Map) {
        return new TreeMap(value).collectEntries { key, held -> [key, sorted(held)] }
    }
    return value instanceof List ? value.collect { held -> sorted(held) } : value
}

// What the report says of the programs: NAME=VALUE words, one line, since a script's indent goes by its shortest; whatever is another
// program makes another report.
def tools(code) {
    return (code.sort().collect { name, hash -> "${name}=${hash}" } + "nextflow=${workflow.nextflow.version}").join(' ')
}

// Command -> hash of its code, written by the build for the libtorch of the device; a site's own libtorch is named beside it.
def fingerprints(device) {
    def lib = System.getenv('EQUIREPRO_LIB') ?: "${projectDir}/java-tools/dist/lib"
    def listed = file("${lib}/../fingerprints${device == 'gpu' ? '-gpu' : ''}.properties")
    if (!listed.exists()) {
        error("the Java tools are not built (${listed} is not there); run bin/reproduce --build-only")
    }
    def own = ['PYTORCH_VERSION', 'PYTORCH_FLAVOR'].collect { name -> System.getenv(name) }.findAll { value -> value }.join('-')
    def code = listed.readLines().collectEntries { line -> line.tokenize('=') }
    def torch = ['pretrain', 'r2-image', 'r2-3diebench', 'retrieval', 'linear-probe', 'knn', 'logreg', 'segment', 'homography', 'detect',
        'keypoints', 'depth', 'video'] // commands that compute with libtorch
    def missing = ['plan', 'prepare', 'tables', 'report'] + torch - code.keySet()
    if (missing) {
        error("${listed} lacks ${missing.join(', ')}; run bin/reproduce --build-only")
    }
    return code.collectEntries { name, hash ->
        [name, own && name in torch ? "${hash}-${own}".toString() : hash]
    }
}
