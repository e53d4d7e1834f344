/** Boxes, masks, polygons, keypoints and homographies: what dense tasks are trained on and scored by. */
package org.equirepro.vision.dense;
