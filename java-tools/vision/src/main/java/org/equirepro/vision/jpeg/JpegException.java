package org.equirepro.vision.jpeg;

/** Why a JPEG cannot be decoded; the message continues "picture.jpg: ". */
public final class JpegException extends RuntimeException {

    private static final long serialVersionUID = 1;

    JpegException(String reason) {
        super(reason);
    }
}
