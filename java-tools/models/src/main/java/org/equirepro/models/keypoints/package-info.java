/** Keypoints of one object as heat maps. */
package org.equirepro.models.keypoints;
