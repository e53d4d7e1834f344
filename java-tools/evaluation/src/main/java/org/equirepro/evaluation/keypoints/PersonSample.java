package org.equirepro.evaluation.keypoints;

/**
 * A training view of a person with what is to be answered.
 *
 * @param rgb [height, width, 3]
 */
record PersonSample(byte[] rgb, Heatmaps maps) {}
