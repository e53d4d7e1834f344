package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.Ops;
import org.equirepro.training.Loss;

/** The auxiliary task: pictures rebuilt from the equivariant patch features of both views. */
interface Reconstruction {

    /** Features of both views, [B, N, d_equi] each, to pictures [B, 3, H, W], normalised, float32. */
    List<NDArray> apply(NDArray first, NDArray second);

    /** Mean over the pictures of the mean squared difference per element (AAAI-26 paper, eq. 3). */
    static Loss loss(Ops ops, List<NDArray> pictures, List<NDArray> targets) {
        NDArray sum = ops.losses().mse(pictures.get(0), targets.get(0));
        for (int k = 1; k < pictures.size(); k++) {
            sum = sum.add(ops.losses().mse(pictures.get(k), targets.get(k)));
        }
        NDArray mean = ops.scale(sum, 1.0 / pictures.size());
        return new Loss(mean, Map.of("reconstruction", mean));
    }
}
