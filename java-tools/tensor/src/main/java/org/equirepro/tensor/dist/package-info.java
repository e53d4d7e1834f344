/**
 * Several processes that train one network: who they are ({@link org.equirepro.tensor.dist.Ranks}), what they exchange
 * ({@link org.equirepro.tensor.dist.ProcessGroup}: MPI on CPUs, NCCL on GPUs), gradients across them
 * ({@link org.equirepro.tensor.dist.StagedBackward}, {@link org.equirepro.tensor.dist.BucketReducer}), and how all end when one does
 * ({@link org.equirepro.tensor.dist.Lifeline}).
 *
 * <p>The algebra, once for all: rank r computes a loss L_r, and what is minimised is their mean, (L_0 + .. + L_{W-1}) / W. Where
 * L_r is a mean over the rank's own samples, that is the mean over the global batch, because all ranks hold equally many. Where
 * L_r is computed from gathered tensors, every rank computes the same number, and the mean is that number. In both cases the
 * gradient is the mean over ranks of dL/dp with L = L_0 + .. + L_{W-1}, and a tensor that other ranks have read receives the sum
 * of what all of them send back. Nothing else is scaled anywhere.
 */
package org.equirepro.tensor.dist;
