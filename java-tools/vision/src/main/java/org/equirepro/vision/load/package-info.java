/** From the pictures of a split to batches of views in the order of an epoch, made ahead by threads. */
package org.equirepro.vision.load;
