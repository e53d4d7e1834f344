package org.equirepro.evaluation.finetune;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.SortedMap;
import org.equirepro.tensor.Autocast;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.training.Loss;
import org.equirepro.training.Trained;

/** A network and the task that it learns, as the training loop sees them. */
record TrainedTask<S>(FineTunedNetwork network, DenseTask<S> task) implements Trained<DenseBatch<S>> {

    @Override
    public Map<String, NDArray> parameters() {
        return network.parameters();
    }

    @Override
    public SortedMap<String, SafeTensors.Tensor> tensors() {
        return network.tensors();
    }

    @Override
    public void load(SafeTensors file) {
        network.load(file);
    }

    @Override
    public Precision precision() {
        return network.precision();
    }

    @Override
    public void train(boolean on) {
        network.train(on);
    }

    @Override
    public void span(GraphCuts cuts) {
        network.span(cuts);
    }

    @Override
    public Loss loss(DenseBatch<S> batch) {
        try (Autocast cast = network.autocast()) {
            return task.loss(batch);
        }
    }

    @Override
    public void backward(Runnable fromLoss, GradientListener listener) {
        network.backward(fromLoss, listener);
    }
}
