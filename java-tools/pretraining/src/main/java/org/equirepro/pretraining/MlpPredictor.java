package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/** SIE's other predictor: linear layers with ReLU between them on the latent and the embedding side by side. */
public final class MlpPredictor implements LatentPredictor {

    private final List<Layers.Layer> layers = new ArrayList<>();

    public MlpPredictor(ParameterStore store, Ops ops, String name, int width, int latent, int count) {
        for (int i = 0; i < count; i++) {
            layers.add(Layers.linear(store, ops, name + ".pred." + 2 * i, i == 0 ? width + latent : width, width, true));
            if (i + 1 < count) {
                layers.add(ops::relu);
            }
        }
    }

    @Override
    public NDArray predict(NDArray x, NDArray latent) {
        NDArray y = latent.concat(x, 1);
        for (Layers.Layer layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }
}
