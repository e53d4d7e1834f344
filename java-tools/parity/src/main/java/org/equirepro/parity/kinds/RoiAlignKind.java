package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.boxes.RoiAlign;
import org.equirepro.tensor.boxes.RoiPyramid;
import org.equirepro.tensor.io.SafeTensors;

/** RoIAlign of one map with its gradient, or of a pyramid with the level of each region. */
public final class RoiAlignKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            if (reference.tensors().has("in.rois")) {
                oneMap(torch, reference, check);
            } else {
                pyramid(torch, reference, check);
            }
        }
    }

    private static void oneMap(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        NDArray x = map(torch, tensors, "in.feat");
        NDArray y = align(torch, reference.params()).apply(x, tensors.floats("in.rois"), reference.params().real("spatial_scale"));
        pooled(y, reference, check);
        if (tensors.has("grad.feat")) {
            Torch.backward(y, Torch.floats(torch.root(), tensors.floats("in.coef"), tensors.shape("in.coef")));
            check.close("grad.feat", x.getGradient().toFloatArray(), tensors.floats("grad.feat"),
                    reference.tolerance().real("grad_rtol"), reference.tolerance().real("grad_atol"));
        }
    }

    private static void pyramid(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        int[] image = params.integers("image");
        List<NDArray> maps = new ArrayList<>();
        while (tensors.has("in.feat" + maps.size())) {
            maps.add(map(torch, tensors, "in.feat" + maps.size()));
        }
        double[] scales = maps.stream().mapToDouble(m -> (double) m.getShape().get(2) / image[0])
                .map(s -> Math.pow(2, Math.round(Math.log(s) / Math.log(2)))).toArray();
        RoiPyramid pyramid = new RoiPyramid(align(torch, params), scales, params.real("canonical_scale"), params.integer("canonical_level"));
        float[] regions = regions(tensors);
        long[] levels = Arrays.stream(pyramid.levels(regions)).asLongStream().toArray();
        check.that("out.level", Arrays.equals(levels, tensors.longs("out.level")));
        pooled(pyramid.apply(maps, regions), reference, check);
    }

    /** The boxes of picture i with i before each. */
    private static float[] regions(SafeTensors tensors) {
        List<Float> regions = new ArrayList<>();
        for (int picture = 0; tensors.has("in.boxes" + picture); picture++) {
            float[] boxes = tensors.floats("in.boxes" + picture);
            for (int i = 0; i < boxes.length; i++) {
                if (i % 4 == 0) {
                    regions.add((float) picture);
                }
                regions.add(boxes[i]);
            }
        }
        float[] flat = new float[regions.size()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = regions.get(i);
        }
        return flat;
    }

    /** {@code output_size} is a number or height and width. */
    private static RoiAlign align(Torch torch, Settings params) {
        boolean square = params.node().get("output_size").isNumber();
        int[] size = square ? new int[] {params.integer("output_size"), params.integer("output_size")} : params.integers("output_size");
        return new RoiAlign(torch.ops(), size[0], size[1], params.integer("sampling_ratio"), params.flag("aligned", false));
    }

    private static void pooled(NDArray y, ReferenceCase reference, Check check) {
        check.close("out.pooled", y.toFloatArray(), reference.tensors().floats("out.pooled"), reference.tolerance().real("rtol"),
                reference.tolerance().real("atol"));
    }

    private static NDArray map(Torch torch, SafeTensors tensors, String name) {
        NDArray map = Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
        map.setRequiresGradient(true);
        return map;
    }
}
