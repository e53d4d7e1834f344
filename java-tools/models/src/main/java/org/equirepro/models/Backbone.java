package org.equirepro.models;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.nn.BlockChain;

/** A network from pictures to tokens. */
public interface Backbone {

    /**
     * What a backbone gives, float32.
     *
     * @param cls [B, D], the class token; for a convolutional network the mean over its map
     * @param patches [B, N, D], row-major over the picture
     */
    record Tokens(NDArray cls, NDArray patches) {}

    /** Features of a token. */
    int width();

    /** Pixels of the side that a token stands for. */
    int patch();

    /** {@code pictures} [B, 3, H, W], normalised. */
    Tokens forward(NDArray pictures, Precision precision);

    /** Whether a picture's tokens do not depend on the other pictures of the batch: no batch norm. */
    default boolean pictureByPicture() {
        return true;
    }

    /** Chains of blocks through which a backward pass must be led, in the order of the forward pass. */
    default List<BlockChain> chains() {
        return List.of();
    }
}
