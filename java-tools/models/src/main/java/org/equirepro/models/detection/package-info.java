/** Mask R-CNN and its keypoint branch in parts: anchors, targets, heads, losses, and the way from answers back to objects. */
package org.equirepro.models.detection;
