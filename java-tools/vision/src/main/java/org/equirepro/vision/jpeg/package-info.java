/**
 * JPEG pictures in plain Java, to the bit as libjpeg-turbo gives them with its default settings (accurate integer transform,
 * smooth chroma): the same pixels on every Java release, and only as much of a picture as is asked for.
 */
package org.equirepro.vision.jpeg;
