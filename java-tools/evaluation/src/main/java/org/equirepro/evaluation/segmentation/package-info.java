/** Semantic segmentation: an encoder with UPerNet is fine-tuned and tested by a window that slides over the picture. */
package org.equirepro.evaluation.segmentation;
