import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import nextflow.config.control.ConfigParser;
import nextflow.script.control.ScriptParser;
import org.codehaus.groovy.control.SourceUnit;
import org.codehaus.groovy.control.messages.SyntaxErrorMessage;
import org.codehaus.groovy.control.messages.WarningMessage;

/** Reads Nextflow scripts and configurations with the strict parser; a line a complaint, exit code 1 if there is one. */
final class NextflowLint {

    public static void main(String[] roots) throws IOException {
        ScriptParser scripts = new ScriptParser();
        ConfigParser configs = new ConfigParser();
        int files = 0;
        for (String root : roots) {
            try (Stream<Path> found = Files.walk(Path.of(root))) {
                for (Path file : found.sorted().toList()) {
                    if (file.toString().endsWith(".nf")) {
                        scripts.parse(file.toFile());
                        files++;
                    } else if (file.toString().endsWith(".config")) {
                        configs.parse(file.toFile());
                        files++;
                    }
                }
            }
        }
        scripts.analyze();
        configs.analyze();
        List<String> complaints = new ArrayList<>(complaints(scripts.compiler().getSources().values()));
        complaints.addAll(complaints(configs.compiler().getSources().values()));
        complaints.forEach(System.out::println);
        System.out.println(files + " files, " + complaints.size() + " complaints");
        System.exit(complaints.isEmpty() && files > 0 ? 0 : 1);
    }

    private static List<String> complaints(Collection<SourceUnit> sources) {
        List<String> lines = new ArrayList<>();
        for (SourceUnit source : sources) {
            var collected = source.getErrorCollector();
            if (collected.hasErrors()) {
                for (var message : collected.getErrors()) {
                    lines.add(message instanceof SyntaxErrorMessage error
                            ? source.getName() + ":" + error.getCause().getStartLine() + ": " + error.getCause().getOriginalMessage()
                            : source.getName() + ": " + message);
                }
            }
            if (collected.hasWarnings()) {
                for (WarningMessage warning : collected.getWarnings()) {
                    int line = warning.getContext() == null ? 0 : warning.getContext().getStartLine();
                    lines.add(source.getName() + ":" + line + ": " + warning.getMessage());
                }
            }
        }
        return lines;
    }
}
