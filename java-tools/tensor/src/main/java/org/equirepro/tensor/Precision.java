package org.equirepro.tensor;

import java.util.Locale;
import org.equirepro.base.UserError;

/** What products are computed in. */
public enum Precision {
    FLOAT32,
    BFLOAT16;

    /** From a recipe's word; {@code where} names file and key in the error. */
    public static Precision of(String where, String word) {
        for (Precision precision : values()) {
            if (precision.name().toLowerCase(Locale.ROOT).equals(word)) {
                return precision;
            }
        }
        throw UserError.usage(where + " must be float32 or bfloat16, found " + word);
    }
}
