package org.equirepro.vision.render;

import org.equirepro.base.Draws;

/**
 * How a figure holds its limbs; all angles in degrees, 0 for standing at attention. In pairs the left side comes first.
 *
 * @param lean   of the trunk, forwards
 * @param side   of the trunk, to its left
 * @param turn   of the head, to its left
 * @param nod    of the head, forwards
 * @param arms   for either arm how far it is swung forwards, spread, and bent at the elbow
 * @param legs   for either leg how far it is swung forwards, spread, and bent at the knee
 */
record Pose(double lean, double side, double turn, double nod, double[][] arms, double[][] legs) {

    /** Standing, striding or squatting, with arms anywhere that arms can be. */
    static Pose draw(Draws draws) {
        int kind = draws.below(4);
        double[][] legs = new double[2][];
        double stride = draws.uniform(10, 45) * (draws.chance(0.5) ? 1 : -1);
        double squat = draws.uniform(35, 85);
        for (int i = 0; i < 2; i++) {
            legs[i] = switch (kind) {
                case 0 -> new double[] {draws.uniform(-8, 15), draws.uniform(0, 14), draws.uniform(0, 15)};
                case 1 -> new double[] {i == 0 ? stride : -0.6 * stride, draws.uniform(0, 6), draws.uniform(0, 50)};
                case 2 -> new double[] {squat + draws.uniform(-8, 8), draws.uniform(5, 30), squat + draws.uniform(0, 40)};
                default -> new double[] {draws.uniform(-5, 60), draws.uniform(0, 35), draws.uniform(0, 70)};
            };
        }
        double[][] arms = new double[2][];
        for (int i = 0; i < 2; i++) {
            double spread = draws.chance(0.5) ? draws.uniform(8, 45) : draws.uniform(45, 165);
            arms[i] = new double[] {draws.uniform(-35, 80), spread, draws.uniform(0, 115)};
        }
        return new Pose(draws.uniform(-5, 22) + (kind == 2 ? 15 : 0), draws.uniform(-10, 10), draws.uniform(-45, 45),
                draws.uniform(-15, 25), arms, legs);
    }
}
