package org.equirepro.pretraining;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.tensor.Torch;
import org.equirepro.training.Batches;
import org.equirepro.vision.load.Loader;
import org.equirepro.vision.load.ViewSource;

/** The loader's batches on the device, where they go as bytes. */
final class ViewBatches implements Batches<Objective.Views> {

    private final Torch torch;
    private final Loader<ViewSource.Views> loader;
    private final int[] sides;

    /** @param sides of the views in pixels */
    ViewBatches(Torch torch, Loader<ViewSource.Views> loader, int[] sides) {
        this.torch = torch;
        this.loader = loader;
        this.sides = sides;
    }

    @Override
    public Objective.Views next(NDManager scope) {
        return views(torch, scope, loader.next(), sides);
    }

    @Override
    public double waitSeconds() {
        return loader.waitSeconds();
    }

    /** A batch of bytes as pictures. */
    static Objective.Views views(Torch torch, NDManager manager, Loader.Batch<ViewSource.Views> batch, int[] sides) {
        List<NDArray> pictures = new ArrayList<>();
        for (int view = 0; view < sides.length; view++) {
            pictures.add(torch.ops().pictures().fromBytes(Torch.bytes(manager, batch.samples().pixels()[view], DataType.UINT8, batch.members().length,
                    sides[view], sides[view], 3)));
        }
        return new Objective.Views(batch.step(), batch.epoch(), batch.members(), pictures, batch.samples().latents());
    }
}
