package org.equirepro.vision.load;

/** Which member comes when. */
interface Order {

    /** The epoch of a step: what is drawn for a member depends on it. */
    int epoch(long step);

    /** The {@code i}-th member of this rank's part of a step. */
    int member(long step, int i);

    /** Members of a step; only the last step may have fewer than the batch. */
    int count(long step);

    /** Every member once, from the first to the last: as a measurement wants it. */
    record Ascending(int members, int batch, int epoch) implements Order {

        @Override
        public int epoch(long step) {
            return epoch;
        }

        @Override
        public int member(long step, int i) {
            return (int) (step * batch + i);
        }

        @Override
        public int count(long step) {
            return (int) Math.max(0, Math.min(batch, members - step * batch));
        }
    }
}
