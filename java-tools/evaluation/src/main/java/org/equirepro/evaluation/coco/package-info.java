/** COCO's evaluation of boxes, masks and keypoints, number for number as pycocotools gives them. */
package org.equirepro.evaluation.coco;
