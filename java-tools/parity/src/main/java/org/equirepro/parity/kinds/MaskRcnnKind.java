package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.base.Settings;
import org.equirepro.models.detection.AnchorTargets;
import org.equirepro.models.detection.BalancedSampler;
import org.equirepro.models.detection.BoxCodec;
import org.equirepro.models.detection.BoxSelection;
import org.equirepro.models.detection.DetectionLosses;
import org.equirepro.models.detection.MaskHead;
import org.equirepro.models.detection.Matcher;
import org.equirepro.models.detection.PastedMask;
import org.equirepro.models.detection.PictureScaling;
import org.equirepro.models.detection.ProposalSelection;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.batch.Normalisation;
import org.equirepro.vision.dense.Rle;

/** The parts of Mask R-CNN around its networks: targets, losses with gradients, selection, masks in their place, input pictures. */
public final class MaskRcnnKind implements ParityKind {

    /** Means and standard deviations of ImageNet's pictures, torchvision's defaults, which the cases do not name. */
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        try (Torch torch = Torch.start(1); GradMode on = GradMode.on()) {
            if (tensors.has("in.anchors")) {
                proposalLosses(torch, reference, check);
            } else if (tensors.has("in.objectness")) {
                proposals(reference, check);
            } else if (tensors.has("in.mask_logits")) {
                headLosses(torch, reference, check);
            } else if (tensors.has("in.class_logits")) {
                objects(reference, check);
            } else if (tensors.has("in.prob")) {
                paste(torch, reference, check);
            } else {
                pictures(torch, reference, check);
            }
        }
    }

    private static void proposalLosses(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        Matcher matcher = new Matcher(params.real("fg_iou"), params.real("bg_iou"), params.flag("allow_low_quality", true));
        float[] anchors = tensors.floats("in.anchors");
        float[] expected = tensors.floats("out.labels");
        int[] labels = new int[expected.length];
        float[] offsets = new float[4 * labels.length];
        for (int picture = 0; tensors.has("in.gt" + picture); picture++) {
            AnchorTargets targets = AnchorTargets.of(matcher, new BoxCodec(1, 1, 1, 1), anchors, tensors.floats("in.gt" + picture));
            System.arraycopy(targets.labels(), 0, labels, picture * anchors.length / 4, anchors.length / 4);
            System.arraycopy(targets.offsets(), 0, offsets, picture * anchors.length, anchors.length);
        }
        check.that("out.labels", Arrays.equals(Arrays.stream(labels).mapToDouble(label -> label).toArray(), Check.widen(expected)));
        close("out.targets", offsets, reference, check);
        BalancedSampler.Sample everyone = new BalancedSampler.Sample(where(labels, 1), where(labels, 0));
        NDArray objectness = leaf(torch, tensors, "in.objectness");
        NDArray deltas = leaf(torch, tensors, "in.deltas");
        DetectionLosses.Losses losses = new DetectionLosses(torch.ops(), params.real("smooth_l1_beta", DetectionLosses.BETA))
                .proposals(objectness.flatten(), deltas, labels, offsets, everyone);
        loss("loss_objectness", losses.classes(), reference, check);
        loss("loss_rpn_box_reg", losses.boxes(), reference, check);
        Torch.backward(losses.classes().add(losses.boxes()));
        gradient("grad.objectness", objectness, reference, check);
        gradient("grad.deltas", deltas, reference, check);
    }

    private static int[] where(int[] labels, int label) {
        return IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
    }

    private static void proposals(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        ProposalSelection selection = new ProposalSelection(params.integer("pre_nms_top_n"), params.integer("post_nms_top_n"),
                params.real("nms"), params.real("min_size"));
        JsonNode sizes = params.node().get("image_sizes");
        float[] boxes = tensors.floats("in.proposals");
        float[] logits = tensors.floats("in.objectness");
        int n = logits.length / sizes.size();
        for (int picture = 0; picture < sizes.size(); picture++) {
            ProposalSelection.Proposals kept = selection.select(Arrays.copyOfRange(boxes, 4 * n * picture, 4 * n * (picture + 1)),
                    Arrays.copyOfRange(logits, n * picture, n * (picture + 1)), params.integers("anchors_per_level"),
                    sizes.get(picture).get(0).intValue(), sizes.get(picture).get(1).intValue());
            close("out.boxes" + picture, kept.boxes(), reference, check);
            close("out.scores" + picture, kept.scores(), reference, check);
        }
    }

    private static void objects(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        double[] w = params.reals("box_weights");
        int[] image = params.integers("image");
        BoxSelection.Objects objects = new BoxSelection(new BoxCodec(w[0], w[1], w[2], w[3]), params.real("score_thresh"),
                params.real("nms_thresh"), params.integer("detections_per_img")).select(tensors.floats("in.class_logits"),
                tensors.floats("in.box_regression"), tensors.floats("in.proposals"), image[0], image[1]);
        close("out.boxes", objects.boxes(), reference, check);
        close("out.scores", objects.scores(), reference, check);
        check.that("out.labels", Arrays.equals(Arrays.stream(objects.labels()).asLongStream().toArray(), tensors.longs("out.labels")));
    }

    private static void headLosses(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        DetectionLosses losses = new DetectionLosses(torch.ops(), DetectionLosses.BETA);
        NDArray logits = leaf(torch, tensors, "in.class_logits");
        NDArray regression = leaf(torch, tensors, "in.box_regression");
        NDArray maskLogits = leaf(torch, tensors, "in.mask_logits");
        DetectionLosses.Losses boxes = losses.boxes(logits, regression, wholes(tensors, "in.labels"),
                tensors.floats("in.regression_targets"));
        NDList targets = new NDList();
        List<Integer> labels = new ArrayList<>();
        int side = (int) maskLogits.getShape().get(3);
        for (int picture = 0; tensors.has("in.gt_masks" + picture); picture++) {
            int[] matched = wholes(tensors, "in.matched" + picture);
            int[] classes = wholes(tensors, "in.gt_labels" + picture);
            Arrays.stream(matched).forEach(object -> labels.add(classes[object]));
            float[] cuts = losses.maskTargets(masks(tensors, "in.gt_masks" + picture), tensors.floats("in.proposals" + picture), matched,
                    side, false);
            targets.add(Torch.floats(torch.root(), cuts, matched.length, side, side));
        }
        NDArray wanted = NDArrays.concat(targets, 0);
        close("out.mask_targets", wanted.toFloatArray(), reference, check);
        NDArray maskLoss = losses.masks(maskLogits, labels.stream().mapToInt(Integer::intValue).toArray(), wanted);
        loss("loss_classifier", boxes.classes(), reference, check);
        loss("loss_box_reg", boxes.boxes(), reference, check);
        loss("loss_mask", maskLoss, reference, check);
        Torch.backward(boxes.classes().add(boxes.boxes()).add(maskLoss));
        gradient("grad.class_logits", logits, reference, check);
        gradient("grad.box_regression", regression, reference, check);
        gradient("grad.mask_logits", maskLogits, reference, check);
    }

    private static List<Rle> masks(SafeTensors tensors, String name) {
        float[] pixels = tensors.floats(name);
        int height = (int) tensors.shape(name)[1];
        int width = (int) tensors.shape(name)[2];
        List<Rle> masks = new ArrayList<>();
        for (int from = 0; from < pixels.length; from += height * width) {
            byte[] mask = new byte[height * width];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) pixels[from + i];
            }
            masks.add(Rle.encode(mask, height, width));
        }
        return masks;
    }

    private static void paste(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        int[] image = reference.params().integers("image");
        int side = reference.params().integer("mask");
        float[] boxes = tensors.floats("in.boxes");
        float[] maps = tensors.floats("in.prob");
        int pixels = image[0] * image[1];
        float[] pasted = new float[boxes.length / 4 * pixels];
        long[] binary = new long[pasted.length];
        double[] on = new double[boxes.length / 4];
        for (int i = 0; i < on.length; i++) {
            PastedMask mask = new PastedMask(Arrays.copyOfRange(maps, i * side * side, (i + 1) * side * side), side,
                    inWholePixels(Arrays.copyOfRange(boxes, 4 * i, 4 * i + 4), side), image[0], image[1]);
            System.arraycopy(mask.picture(), 0, pasted, i * pixels, pixels);
            byte[] pixelsOn = mask.toRle(0.5).decode();
            for (int p = 0; p < pixels; p++) {
                binary[i * pixels + p] = pixelsOn[p];
                on[i] += pixelsOn[p];
            }
        }
        close("out.pasted", pasted, reference, check);
        long[] expected = tensors.longs("out.binary");
        long different = IntStream.range(0, binary.length).filter(i -> binary[i] != expected[i]).count();
        double allowed = reference.tolerance().real("binary_mismatch_fraction") * binary.length;
        check.that("out.binary: " + different + " of " + binary.length + " pixels differ", different <= allowed);
        check.close("pixels_on", on, reference.expected().reals("pixels_on"), 0, allowed);
        close("out.inferred_prob", ownMaps(leaf(torch, tensors, "in.logits3"), tensors.floats("out.inferred_prob")), reference, check);
    }

    /**
     * The box into which torchvision puts a map: a pixel of the map is added on each side, the grown box ends at whole pixels, rounded
     * towards zero with the last one still in it, and the added pixels are taken away again. The product keeps the box as it is.
     */
    private static float[] inWholePixels(float[] box, int side) {
        float padded = side + 2;
        float[] whole = new float[4];
        for (int axis = 0; axis < 2; axis++) {
            float half = (box[axis + 2] - box[axis]) * 0.5f * (padded / side);
            float centre = (box[axis + 2] + box[axis]) * 0.5f;
            int start = (int) (centre - half);
            int length = Math.max((int) (centre + half) - start + 1, 1);
            whole[axis] = start + length / padded;
            whole[axis + 2] = start + length - length / padded;
        }
        return whole;
    }

    /** The case does not name the objects' classes: of each row that map which is nearest to the expected one. */
    private static float[] ownMaps(NDArray logits, float[] expected) {
        int rows = (int) logits.getShape().get(0);
        int pixels = expected.length / rows;
        float[] nearest = new float[expected.length];
        double[] distance = new double[rows];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        for (int label = 0; label < logits.getShape().get(1); label++) {
            float[][] maps = MaskHead.probabilities(logits, Collections.nCopies(rows, label).stream().mapToInt(i -> i).toArray());
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                for (int i = 0; i < pixels; i++) {
                    sum += Math.abs(maps[r][i] - expected[r * pixels + i]);
                }
                if (sum < distance[r]) {
                    distance[r] = sum;
                    System.arraycopy(maps[r], 0, nearest, r * pixels, pixels);
                }
            }
        }
        return nearest;
    }

    private static void pictures(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        PictureScaling scaling = new PictureScaling(params.integer("min_size"), params.integer("max_size"),
                params.integer("size_divisible"));
        Normalisation normalisation = new Normalisation(Torch.floats(torch.root(), MEAN, 1, 3, 1, 1),
                Torch.floats(torch.root(), STD, 1, 3, 1, 1));
        List<NDArray> pictures = new ArrayList<>();
        JsonNode sizes = reference.expected().node().get("image_sizes");
        for (int i = 0; tensors.has("in.img" + i); i++) {
            long[] shape = tensors.shape("in.img" + i);
            NDArray picture = Torch.floats(torch.root(), tensors.floats("in.img" + i), 1, 3, shape[1], shape[2]);
            pictures.add(normalisation.apply(torch.ops(), picture));
            PictureScaling.Size from = new PictureScaling.Size((int) shape[1], (int) shape[2]);
            PictureScaling.Size to = scaling.scaled(from);
            check.that("image_sizes " + i, to.height() == sizes.get(i).get(0).intValue() && to.width() == sizes.get(i).get(1).intValue());
            close("out.boxes" + i, PictureScaling.boxes(tensors.floats("in.boxes" + i), from, to), reference, check);
            close("out.kp" + i, PictureScaling.keypoints(tensors.floats("in.kp" + i), from, to), reference, check);
        }
        close("out.batch", scaling.batch(torch.ops(), pictures).toFloatArray(), reference, check);
    }

    private static int[] wholes(SafeTensors tensors, String name) {
        return Arrays.stream(tensors.longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    private static NDArray leaf(Torch torch, SafeTensors tensors, String name) {
        NDArray array = Torch.floats(torch.root(), tensors.floats(name), tensors.shape(name));
        array.setRequiresGradient(true);
        return array;
    }

    private static void close(String name, float[] got, ReferenceCase reference, Check check) {
        check.close(name, got, reference.tensors().floats(name), reference.tolerance().real("rtol"), reference.tolerance().real("atol"));
    }

    private static void loss(String name, NDArray got, ReferenceCase reference, Check check) {
        check.close(name, got.getFloat(), reference.expected().real(name), reference.tolerance().real("rtol"),
                reference.tolerance().real("atol"));
    }

    private static void gradient(String name, NDArray leaf, ReferenceCase reference, Check check) {
        check.close(name, leaf.getGradient().toFloatArray(), reference.tensors().floats(name), reference.tolerance().real("grad_rtol"),
                reference.tolerance().real("grad_atol"));
    }
}
