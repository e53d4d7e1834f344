package org.equirepro.cli;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.equirepro.base.ExitCode;
import org.equirepro.base.UserError;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns whatever went wrong into one line on stderr and an exit code; the stack trace follows with {@code --debug} only. */
final class Problems implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final BooleanSupplier debug;

    Problems(BooleanSupplier debug) {
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String near = "";
        List<String> unknown = command.getUnmatchedArguments();
        if (!unknown.isEmpty() && !(problem instanceof CommandLine.UnmatchedArgumentException)) { // say first what is wrong first
            return handleParseException(new CommandLine.UnmatchedArgumentException(command, unknown), arguments);
        }
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            near = suggestions.isEmpty() ? "" : "; did you mean " + suggestions.get(0).replaceFirst("^" + name + " ", "") + "?";
        }
        print(command, problem.getMessage() + near + " (see " + name + " --help)", problem,
                List.of(arguments).contains("--debug"));
        return ExitCode.USAGE.code();
    }

    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
        if (problem instanceof UserError error) {
            print(command, error.getMessage(), error, debug.getAsBoolean());
            return error.exitCode().code();
        }
        print(command, "unexpected " + problem + " (run again with --debug for where)", problem, debug.getAsBoolean());
        return ExitCode.FAILURE.code();
    }

    private static void print(CommandLine command, String message, Exception problem, boolean trace) {
        command.getErr().println("equirepro: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (trace) {
            problem.printStackTrace(command.getErr());
        }
        command.getErr().flush();
    }
}
