/** Pictures for people: samples with their labels, boxes, masks and keypoints. */
package org.equirepro.vision.show;
