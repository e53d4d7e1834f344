/**
 * The training loop: steps, curves, saved states, ranks. It trains whatever is a {@link org.equirepro.training.Trained} on whatever
 * gives {@link org.equirepro.training.Batches}.
 */
package org.equirepro.training;
