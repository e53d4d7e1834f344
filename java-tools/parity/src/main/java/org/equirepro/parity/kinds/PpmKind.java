package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.PictureOps;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;

/** What a pyramid pooling module is made of: adaptive pooling, resizing, maximum pooling. */
public final class PpmKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        SafeTensors tensors = reference.tensors();
        try (Torch torch = Torch.start(1)) {
            NDArray x = Torch.floats(torch.root(), tensors.floats("in.x"), tensors.shape("in.x"));
            for (String name : tensors.names()) {
                if (name.startsWith("out.")) {
                    long[] shape = tensors.shape(name);
                    NDArray got = output(torch.ops(), x, name.substring("out.".length()), (int) shape[2], (int) shape[3]);
                    check.close(name, got.toFloatArray(), tensors.floats(name), reference.tolerance().real("rtol"),
                            reference.tolerance().real("atol"));
                }
            }
        }
    }

    private static NDArray output(Ops ops, NDArray x, String what, int height, int width) {
        PictureOps pictures = ops.pictures();
        if (what.startsWith("pool")) {
            return ops.adaptiveAvgPool2d(x, height, width);
        }
        if (what.startsWith("up")) {
            int scale = Integer.parseInt(what.substring("up".length()));
            return pictures.resizeBilinear(ops.adaptiveAvgPool2d(x, scale, scale), height, width, false);
        }
        if (what.startsWith("bilinear")) {
            return pictures.resizeBilinear(x, height, width, false);
        }
        if (what.startsWith("nearest")) {
            return pictures.resizeNearest(x, height, width);
        }
        if (what.startsWith("maxpool")) {
            int kernel = Integer.parseInt(what.substring("maxpool".length()));
            return ops.maxPool2d(x, kernel, kernel, 0);
        }
        throw new IllegalArgumentException("no check for " + what);
    }
}
