/** Joints as heat maps: targets for training, and coordinates from predicted maps. */
package org.equirepro.evaluation.keypoints;
