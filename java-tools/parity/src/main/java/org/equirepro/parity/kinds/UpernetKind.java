package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.models.segmentation.UperNetHead;
import org.equirepro.models.segmentation.VitPyramid;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.LossOps;
import org.equirepro.tensor.LossOps.Reduction;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/** The segmentation decoder with given weights: logits, losses, gradients of its inputs; and the maps it reads from a ViT. */
public final class UpernetKind implements ParityKind {

    /** The label of pixels that do not count. */
    private static final int IGNORED = 255;

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            if (reference.params().has("in_channels")) {
                head(torch, reference, check);
            } else {
                pyramid(torch, reference, check);
            }
        }
    }

    private static void head(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        Layers.Mode mode = new Layers.Mode();
        mode.set(params.flag("bn_training", false));
        ParameterStore store = new ParameterStore(torch.root(), 0);
        UperNetHead head = new UperNetHead(store, torch.ops(), "", new UperNetHead.Design(params.integers("in_channels"),
                params.integer("channels"), params.integers("pool_scales"), params.integer("num_classes"),
                params.flag("align_corners", false)), mode);
        overwrite(store, tensors);
        List<NDArray> maps = new ArrayList<>();
        while (tensors.has("in.x" + maps.size())) {
            NDArray map = array(torch, tensors, "in.x" + maps.size());
            map.setRequiresGradient(true);
            maps.add(map);
        }
        NDArray logits = head.classify(head.features(maps));
        close("out.logits", logits, reference, check);
        long[] size = tensors.shape("in.label");
        NDArray full = torch.ops().pictures().resizeBilinear(logits, (int) size[1], (int) size[2],
                params.flag("align_corners", false));
        if (tensors.has("out.argmax_up")) {
            long[] classes = full.argMax(1).toLongArray();
            check.that("out.argmax_up", Arrays.equals(classes, tensors.longs("out.argmax_up")));
        }
        losses(torch, full, reference, check);
        for (int i = 0; i < maps.size(); i++) {
            check.close("grad.x" + i, maps.get(i).getGradient().toFloatArray(), tensors.floats("grad.x" + i),
                    reference.tolerance().real("grad_rtol"), reference.tolerance().real("grad_atol"));
        }
    }

    /** Over the pixels that count, whose gradient is compared, and over all. */
    private static void losses(Torch torch, NDArray full, ReferenceCase reference, Check check) {
        long[] labels = reference.tensors().longs("in.label");
        NDArray target = Torch.longs(torch.root(), labels, reference.tensors().shape("in.label"));
        LossOps losses = torch.ops().losses();
        double rtol = reference.tolerance().real("rtol");
        double atol = reference.tolerance().real("atol");
        NDArray mean = losses.crossEntropy(full, target, 0, IGNORED, Reduction.MEAN);
        check.close("ce_mean_over_valid", mean.getFloat(), reference.expected().real("ce_mean_over_valid"), rtol, atol);
        NDArray sum = losses.crossEntropy(full, target, 0, IGNORED, Reduction.SUM);
        check.close("ce_mean_over_all_pixels_mmseg", sum.getFloat() / labels.length,
                reference.expected().real("ce_mean_over_all_pixels_mmseg"), rtol, atol);
        Torch.backward(mean);
    }

    private static void pyramid(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Layers.Mode mode = new Layers.Mode();
        mode.set(false);
        ParameterStore store = new ParameterStore(torch.root(), 0);
        VitPyramid pyramid = new VitPyramid(store, torch.ops(), "", reference.params().integer("C"), mode);
        overwrite(store, tensors);
        List<NDArray> maps = pyramid.forward(Collections.nCopies(4, array(torch, tensors, "in.x")));
        for (int i = 0; i < maps.size(); i++) {
            close("out.p" + (4 << i), maps.get(i), reference, check);
        }
    }

    private static void overwrite(ParameterStore store, SafeTensors tensors) {
        for (String name : tensors.names()) {
            if (name.startsWith("w.") && !name.endsWith(".num_batches_tracked")) {
                ParameterStore.overwrite(store.get(name.substring("w.".length())), tensors, name);
            }
        }
    }

    private static void close(String name, NDArray got, ReferenceCase reference, Check check) {
        check.close(name, got.toFloatArray(), reference.tensors().floats(name), reference.tolerance().real("rtol"),
                reference.tolerance().real("atol"));
    }

    private static NDArray array(Torch torch, SafeTensors tensors, String name) {
        return Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
    }
}
