/**
 * Fine-tuning of a whole encoder with a task's head on it: samples decoded and augmented by threads, the training loop, a test in
 * stretches that ranks share, and the folder of results. What is particular to a task is a
 * {@link org.equirepro.evaluation.finetune.DenseTask}; {@link org.equirepro.evaluation.finetune.FineTuning} does the rest.
 */
package org.equirepro.evaluation.finetune;
