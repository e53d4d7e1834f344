package org.equirepro.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The stored runs that a command reads, and how it understands them. */
final class RunsMixin {

    @Option(names = "--results", required = true, arity = "1..*", paramLabel = "DIR",
            description = "Outdir of a run; several runs of one study are joined.")
    List<Path> folders;

    @Option(names = "--schema", paramLabel = "DIR", description = "Schemas instead of those of results-schema/ that were packed.")
    Path schema;
}
