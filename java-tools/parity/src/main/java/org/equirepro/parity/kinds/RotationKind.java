package org.equirepro.parity.kinds;

import java.util.Arrays;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.views.Quaternions;

/** Relative rotations of two sets of extrinsic Euler angles. */
public final class RotationKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double[] angles1 = tensors.doubles("in.angles1");
        double[] angles2 = tensors.doubles("in.angles2");
        double atol = reference.tolerance().real("atol", 0);
        double rtol = reference.tolerance().real("rtol", 0);
        int n = angles1.length / 3;
        double[] first = new double[n * 4];
        double[] sie = new double[n * 4];
        double[] hamilton = new double[n * 4];
        double[] matrices = new double[n * 9];
        double[][] relative = new double[n][];
        for (int i = 0; i < n; i++) {
            double[] a = Quaternions.fromEuler(angles1[3 * i], angles1[3 * i + 1], angles1[3 * i + 2]);
            double[] b = Quaternions.fromEuler(angles2[3 * i], angles2[3 * i + 1], angles2[3 * i + 2]);
            relative[i] = Quaternions.relative(a, b);
            System.arraycopy(a, 0, first, 4 * i, 4);
            System.arraycopy(Quaternions.relativeSie(a, b), 0, sie, 4 * i, 4);
            System.arraycopy(relative[i], 0, hamilton, 4 * i, 4);
            System.arraycopy(Quaternions.matrix(relative[i]), 0, matrices, 9 * i, 9);
        }
        for (String name : tensors.names()) {
            switch (name) {
                case "in.angles1", "in.angles2" -> { }
                case "out.quat1_xyzw" -> check.close(name, first, tensors.doubles(name), rtol, atol);
                case "out.relative_quat_xyzw" -> checkUpToCommonSign(name, sie, tensors.doubles(name), rtol, atol, check);
                case "out.relative_quat_hamilton_xyzw" -> check.close(name, hamilton, tensors.doubles(name), rtol, atol);
                case "out.relative_matrix" -> check.close(name, matrices, tensors.doubles(name), rtol, atol);
                case "out.relative_euler_xyz" -> checkEuler(name, relative, tensors.doubles(name), rtol, atol, check);
                default -> throw new IllegalArgumentException("no check for the tensor " + name);
            }
        }
    }

    /** One sign for the whole set: the expected one's at the element where it is largest. */
    private static void checkUpToCommonSign(String name, double[] actual, double[] expected, double rtol, double atol,
            Check check) {
        int largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.abs(expected[i]) > Math.abs(expected[largest]) ? i : largest;
        }
        double sign = expected[largest] * actual[largest] < 0 ? -1 : 1;
        check.close(name, Arrays.stream(actual).map(v -> sign * v).toArray(), expected, rtol, atol);
    }

    /** Angles agree modulo a turn; where the middle angle is within 1e-3 of gimbal lock, the matrices they stand for agree. */
    private static void checkEuler(String name, double[][] relative, double[] expected, double rtol, double atol, Check check) {
        for (int i = 0; i < relative.length; i++) {
            double[] actual = Quaternions.euler(relative[i]);
            double[] wanted = Arrays.copyOfRange(expected, 3 * i, 3 * i + 3);
            String row = name + " row " + i;
            if (Math.abs(wanted[1]) > Math.PI / 2 - 1e-3) {
                check.close(row + " as matrix", Quaternions.matrix(Quaternions.fromEuler(actual[0], actual[1], actual[2])),
                        Quaternions.matrix(Quaternions.fromEuler(wanted[0], wanted[1], wanted[2])), rtol, atol);
                continue;
            }
            for (int a = 0; a < 3; a++) {
                actual[a] = wanted[a] + Math.IEEEremainder(actual[a] - wanted[a], 2 * Math.PI);
            }
            check.close(row, actual, wanted, rtol, atol);
        }
    }
}
