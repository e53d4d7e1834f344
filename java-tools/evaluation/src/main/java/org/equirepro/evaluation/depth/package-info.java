/** Depth of every pixel from one picture, in metres: an encoder with a decoder is fine-tuned and tested by the protocols of NYU and KITTI. */
package org.equirepro.evaluation.depth;
