package org.equirepro.tensor;

import java.util.Locale;
import org.equirepro.base.UserError;

/** What products are computed in. With float16 the loss must be scaled, see {@link org.equirepro.tensor.optim.LossScaler}. */
public enum Precision {
    FLOAT32(6),
    BFLOAT16(15),
    FLOAT16(5);

    private final byte scalarType;

    Precision(int scalarType) {
        this.scalarType = (byte) scalarType;
    }

    /** libtorch's number of the type. */
    byte scalarType() {
        return scalarType;
    }

    /** From a recipe's word; {@code where} names file and key in the error. */
    public static Precision of(String where, String word) {
        for (Precision precision : values()) {
            if (precision.name().toLowerCase(Locale.ROOT).equals(word)) {
                return precision;
            }
        }
        throw UserError.usage(where + " must be float32, bfloat16 or float16, found " + word);
    }
}
