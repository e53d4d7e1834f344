/** COCO's evaluation of boxes, masks and keypoints. */
package org.equirepro.evaluation.coco;
