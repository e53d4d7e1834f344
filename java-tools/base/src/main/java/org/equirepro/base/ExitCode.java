package org.equirepro.base;

/** Exit codes of every equirepro command; documented in docs/usage.md. */
public enum ExitCode {
    OK(0),
    /** Something failed that none of the others names. */
    FAILURE(1),
    /** Unknown option, wrong key in a study or recipe, value of the wrong type. */
    USAGE(2),
    /** An input exists but cannot be used: truncated archive, label out of range, misshapen tensor. */
    BAD_DATA(65),
    /** An input file or folder is not there or cannot be read. */
    MISSING_INPUT(66),
    /** A training stopped in good order and was saved: run the same command again. */
    SAVED_RUN_AGAIN(75);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
