package org.equirepro.tensor.dist;

import org.equirepro.base.UserError;

/**
 * How ranks exchange.
 *
 * @param limitSeconds a collective that takes longer ends the job: another rank hangs or computes something else
 * @param bucketBytes gradients travel in portions of about this size; part of what fixes the last bits for three ranks and more
 */
public record GroupSettings(double limitSeconds, long bucketBytes) {

    /** Ten minutes, and PyTorch's bucket of 25 MiB. */
    public static final GroupSettings DEFAULT = new GroupSettings(600, 25L << 20);

    public GroupSettings {
        if (!(limitSeconds > 0)) {
            throw UserError.usage("--collective-limit must be more than 0 seconds, found " + limitSeconds);
        }
        if (bucketBytes < 1) {
            throw UserError.usage("--bucket-mb must be more than 0");
        }
    }
}
