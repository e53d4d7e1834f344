/** Numbers computed from predictions and labels, in plain Java: no tensors, no files, no random numbers. */
package org.equirepro.evaluation.metrics;
