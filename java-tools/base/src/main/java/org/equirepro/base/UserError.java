package org.equirepro.base;

import java.nio.file.Path;

/**
 * An error whose message is written for the user: one line that names the file, key or tensor, says what is wrong and what
 * to do. The command line prints the message without a stack trace and ends with {@link #exitCode()}.
 */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    private UserError(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Wrong option, key or value. */
    public static UserError usage(String message) {
        return new UserError(ExitCode.USAGE, message, null);
    }

    /** An input that exists and is not what it must be. */
    public static UserError badData(Path file, String problem) {
        return new UserError(ExitCode.BAD_DATA, file + ": " + problem, null);
    }

    /** As {@link #badData(Path, String)}, keeping the cause for {@code --debug}. */
    public static UserError badData(Path file, String problem, Throwable cause) {
        return new UserError(ExitCode.BAD_DATA, file + ": " + problem, cause);
    }

    /** An input that is not there. */
    public static UserError missing(Path file, String problem) {
        return new UserError(ExitCode.MISSING_INPUT, file + ": " + problem, null);
    }

    /** An input that is not there, where the message names more than its path. */
    public static UserError missing(String message) {
        return new UserError(ExitCode.MISSING_INPUT, message, null);
    }

    /** Anything else that the user can act on: a folder that cannot be written, a full disk. */
    public static UserError failure(String message, Throwable cause) {
        return new UserError(ExitCode.FAILURE, message, cause);
    }

    /** Stopped in good order after saving: the same command goes on from there. */
    public static UserError savedRunAgain(String message) {
        return new UserError(ExitCode.SAVED_RUN_AGAIN, message, null);
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
