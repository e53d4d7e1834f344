package org.equirepro.training;

/**
 * How long a training is; schedules need to know.
 *
 * @param steps of the whole training
 * @param perEpoch steps of an epoch
 */
public record Course(long steps, int perEpoch) {}
