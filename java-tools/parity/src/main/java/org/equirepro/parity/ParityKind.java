package org.equirepro.parity;

/**
 * Checks the cases of one kind. The implementation for the folder {@code r2} is the class {@code kinds.R2Kind}, for
 * {@code cls_metrics} it is {@code kinds.ClsMetricsKind}: found by name, so that a new case or kind needs no registration.
 * It reads everything, tolerances included, from the case.
 */
public interface ParityKind {

    /** Runs the code under test on the case; every comparison is reported to {@code check}. */
    void check(ReferenceCase reference, Check check) throws Exception;
}
