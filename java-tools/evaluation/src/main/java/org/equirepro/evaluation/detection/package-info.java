/** Detection, instance segmentation and keypoints of an encoder that is fine-tuned as Mask R-CNN's backbone, scored as COCO does. */
package org.equirepro.evaluation.detection;
