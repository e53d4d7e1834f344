/** Homographies between two patches of a picture, from a map of displacements that a fine-tuned encoder gives. */
package org.equirepro.evaluation.homography;
