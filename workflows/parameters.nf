// Parameters against nextflow_schema.json: Nextflow itself takes any name and any type in silence.

// Refuses, before any task, what the schema does not describe.
def check(given) {
    def known = described()
    def problems = given.keySet().findAll { name -> !known.containsKey(name) }
        .collect { name -> "unknown parameter --${name}; ${nearest(name, known.keySet())}" }
    problems += known.collect { name, rule -> complaint(name, given[name], rule) }.findAll { text -> text }
    if (given.study == null) {
        problems << "no study: name one by a profile (-profile test) or by --study; there are ${studies().join(', ')}"
    }
    if (!problems) {
        problems = consequences(given)
    }
    if (problems) {
        error(problems.join('\n') + '\nbin/reproduce --help lists the parameters')
    }
}

// What types alone do not tell: a study that is not there, a time that leaves nothing to work in, a folder that cannot be written.
def consequences(given) {
    def found = []
    if (!studyFile(given).exists()) {
        found << "--study: no study '${given.study}' (${studyFile(given)}); ${nearest(given.study.toString(), studies(), '')}"
    }
    [given.train_time, given.max_time].findAll { time -> time }.each { time ->
        if (nextflow.util.Duration.of(time.toString()).toSeconds() <= (given.budget_margin as long)) {
            found << "--train_time, --max_time: ${time} must be longer than --budget_margin (${given.budget_margin} s)"
        }
    }
    [outdir: given.outdir, store: given.store].each { name, folder ->
        def problem = unwritable(file(folder.toString()))
        if (problem) {
            found << "--${name}: ${problem}; choose another folder or change its permissions"
        }
    }
    return found
}

// Why files cannot be made in a folder (made if it is not there); null if they can.
def unwritable(folder) {
    try {
        java.nio.file.Files.createDirectories(folder)
        java.nio.file.Files.delete(java.nio.file.Files.createTempFile(folder, '.write', '.part'))
        return null
    }
    catch (java.io.IOException e) {
        return "${folder} cannot be written (${e.class.simpleName} ${e.message})"
    }
}

// conf/studies/NAME.yml, or a file of the user's own.
def studyFile(given) {
    def name = given.study.toString()
    return name.endsWith('.yml') ? file(name) : file("${projectDir}/conf/studies/${name}.yml")
}

def studies() {
    return files("${projectDir}/conf/studies/*.yml").collect { study -> study.baseName }.sort()
}

// The planner's options: what to plan of the study, and the values for the ${name} places in it; paths made absolute.
def settings(given) {
    return described().findAll { name, rule -> rule.planned && given[name] != null }.collectMany { name, rule ->
        def value = rule.format ? file(given[name].toString()).toString() : given[name].toString()
        rule.planned == 'place' ? ['--set', "${name}=${value}".toString()] : ["--${name}".toString(), value]
    }
}

// The text of --help: groups, types, defaults.
def help() {
    def text = groups().collect { group ->
        def lines = group.properties.collect { name, rule ->
            def kind = rule['enum'] ? rule['enum'].join('|') : [rule.type].flatten().first()
            def value = rule['default'] == null ? '' : " [${rule['default']}]"
            "  --${name.padRight(15)} ${kind.padRight(9)} ${rule.description}${value}"
        }
        "${group.title}: ${group.description}\n${lines.join('\n')}"
    }
    return "bin/reproduce -profile test|mini|paper[,local|slurm] [-resume] [parameters]\n\n${text.join('\n\n')}\n\n" +
        "Studies: ${studies().join(', ')} (conf/studies). More: docs/usage.md"
}

// null if a value is of the described type, else what is wrong with it.
def complaint(name, value, rule) {
    if (value == null) {
        return null
    }
    def types = [rule.type].flatten()
    if (!types.any { type -> isOf(type, value) }) {
        return "--${name}: '${value}' is not ${types.contains('string') ? 'text' : types.first() == 'boolean' ? 'true or false' : 'of type ' + types.first()}" +
            (value == true ? ' (was its value left out?)' : '')
    }
    if (rule['enum'] && !rule['enum'].contains(value)) {
        return "--${name}: '${value}' is none of ${rule['enum'].join(', ')}"
    }
    if (rule.pattern && !(value.toString() ==~ rule.pattern)) {
        return "--${name}: '${value}' does not look like ${rule.examples.join(' or ')}"
    }
    if (rule.minimum != null && value < rule.minimum) {
        return "--${name}: ${value} is less than ${rule.minimum}"
    }
    return null
}

// Digits on the command line reach us as a number even where text is meant.
def isOf(type, value) {
    return type == 'string' ? value instanceof CharSequence || value instanceof Number
        : type == 'integer' ? value instanceof Integer || value instanceof Long
        : type == 'number' ? value instanceof Number
        : value instanceof Boolean
}

// "did you mean X" where a name is near, else all the names there are.
def nearest(name, names, dashes = '--') {
    def best = names.max { other -> likeness(name, other) }
    return best && likeness(name, best) >= 0.4 ? "did you mean ${dashes}${best}?" : "there are ${names.collect { other -> dashes + other }.join(', ')}"
}

// Share of common letter pairs, 0 to 1.
def likeness(a, b) {
    def pairs = [a, b].collect { text ->
        def padded = "^${text.toLowerCase().replaceAll(/[-_]/, '')}\$"
        (0..padded.size() - 2).collect { i -> padded[i..i + 1] } as Set
    }
    return 2.0 * pairs[0].intersect(pairs[1]).size() / (pairs[0].size() + pairs[1].size())
}

def described() {
    return groups().collectEntries { group -> group.properties }
}

def groups() {
    return new groovy.json.JsonSlurper().parse(file("${projectDir}/nextflow_schema.json")).get('$defs').values() as List
}
