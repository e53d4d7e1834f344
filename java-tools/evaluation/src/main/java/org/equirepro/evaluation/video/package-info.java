/** Labels of a video's first frame carried through the others by the features of a frozen encoder, and their scores. */
package org.equirepro.evaluation.video;
