package org.equirepro.evaluation.finetune;

import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * This rank's part of a step's samples.
 *
 * @param members number of each sample's member in the data set: random draws hang on it
 * @param samples as the task's source made them; valid until the next batch is asked for
 * @param scope for the batch's tensors, closed after the step
 */
public record DenseBatch<S>(long step, int epoch, int[] members, List<S> samples, NDManager scope) {}
