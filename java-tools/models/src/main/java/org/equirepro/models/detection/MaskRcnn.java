package org.equirepro.models.detection;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.equirepro.base.Draws;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.boxes.Boxes;
import org.equirepro.tensor.boxes.RoiAlign;
import org.equirepro.tensor.boxes.RoiPyramid;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * Mask R-CNN (He et al. 2017) on the last map of a plain ViT (Li et al., "ViTDet", 2022): simple pyramid, region proposals, a box
 * head, a mask head and, where asked for, a keypoint head. Every loss is a mean over pictures of what the picture alone gives, so
 * it does not depend on how a batch lies over ranks.
 */
public final class MaskRcnn {

    /** Side of the bins of the box head; twice that for the finer heads. */
    private static final int BINS = 7;
    /** Samples along a bin's side. */
    private static final int SAMPLES = 2;
    private static final int MASK_SIDE = 4 * BINS;
    private static final int KEYPOINT_SIDE = 8 * BINS;
    /** Anchors are so many strides wide: 32 to 512 pixels at strides 4 to 64. */
    private static final int ANCHOR_STRIDES = 8;
    private static final double[] RATIOS = {0.5, 1, 2};
    /** Maps that regions are read from; the last one is for proposals only. */
    private static final int REGION_MAPS = 4;

    /**
     * Sizes of the network.
     *
     * @param classes without the background
     * @param channels of the pyramid: 256
     * @param rpnDepth convolutions of the proposals' head: 2 in ViTDet
     * @param boxWidth of the box head's two hidden layers: 1024
     * @param maskWidth of the mask head's {@code maskDepth} layers: 4 of 256
     * @param keypoints points of an object; 0 for no keypoint head
     * @param keypointWidth of the keypoint head's {@code keypointDepth} layers: 8 of 512
     */
    public record Design(int classes, int channels, int rpnDepth, int boxWidth, int maskWidth, int maskDepth, int keypoints,
            int keypointWidth, int keypointDepth) {}

    /**
     * What is trained on and what is given back.
     *
     * @param trained which proposals go on in training: 2000 of a map, 1000 of a picture
     * @param tested which do in testing: 1000 and 1000
     * @param anchors of a picture that are trained on: 256
     * @param regions of a picture that are trained on: 512
     * @param score of the least sure box that is given back, {@code most} of a picture: 0.05 and 100
     */
    public record Rules(ProposalSelection trained, ProposalSelection tested, int anchors, int regions, double score, int most) {}

    /** What a batch's pictures gave on the way to the heads, for the loss or the objects. */
    private record Proposals(List<NDArray> maps, RpnHead.Answers answers, float[] anchors, float[] decoded, float[] logits, int[] mapSizes) {}

    private final Ops ops;
    private final Design design;
    private final Rules rules;
    private final SimplePyramid pyramid;
    private final Anchors anchors;
    private final RpnHead proposals;
    private final BoxHead boxes;
    private final MaskHead masks;
    private final KeypointHead keypoints;
    private final RoiPyramid coarse;
    private final RoiPyramid fine;
    private final DetectionLosses losses;
    private final KeypointMaps keypointMaps;
    private final BoxSelection selection;
    private final BoxCodec anchorCodec = new BoxCodec(1, 1, 1, 1);
    private final Matcher anchorMatcher = new Matcher(0.7, 0.3, true);
    private final BalancedSampler anchorSampler;
    private final RegionTargets.Rule regionRule;

    /**
     * @param width channels of the ViT's map
     * @param patch its stride in pixels, a power of two
     */
    public MaskRcnn(ParameterStore store, Ops ops, Design design, Rules rules, int width, int patch) {
        if (Integer.bitCount(patch) != 1 || patch < 4) {
            throw new IllegalArgumentException("a pyramid from patches of " + patch + " pixels: 4, 8, 16, .. are needed");
        }
        this.ops = ops;
        this.design = design;
        this.rules = rules;
        pyramid = new SimplePyramid(store, ops, "pyramid.", width, design.channels);
        double[][] sizes = new double[REGION_MAPS + 1][];
        double[] scales = new double[REGION_MAPS];
        for (int map = 0; map < sizes.length; map++) {
            double stride = patch * Math.pow(2, map - 2);
            sizes[map] = new double[] {ANCHOR_STRIDES * stride};
            if (map < REGION_MAPS) {
                scales[map] = 1 / stride;
            }
        }
        anchors = new Anchors(sizes, Arrays.stream(sizes).map(map -> RATIOS).toArray(double[][]::new));
        proposals = new RpnHead(store, ops, "rpn.head.", design.channels, RATIOS.length, design.rpnDepth);
        boxes = new BoxHead(store, ops, "roi_heads.", design.channels * BINS * BINS, design.boxWidth, design.classes + 1);
        masks = new MaskHead(store, ops, "roi_heads.", design.channels, design.maskWidth, design.maskDepth, design.classes + 1);
        keypoints = design.keypoints == 0 ? null : new KeypointHead(store, ops, "roi_heads.", design.channels, design.keypointWidth,
                design.keypointDepth, design.keypoints);
        int level = Integer.numberOfTrailingZeros(patch);
        double side = 14.0 * patch; // 224 at a stride of 16
        coarse = new RoiPyramid(new RoiAlign(ops, BINS, BINS, SAMPLES, true), scales, side, level);
        fine = new RoiPyramid(new RoiAlign(ops, 2 * BINS, 2 * BINS, SAMPLES, true), scales, side, level);
        losses = new DetectionLosses(ops, DetectionLosses.BETA);
        keypointMaps = new KeypointMaps(ops, KEYPOINT_SIDE);
        BoxCodec codec = new BoxCodec(10, 10, 5, 5);
        selection = new BoxSelection(codec, rules.score, 0.5, rules.most);
        anchorSampler = new BalancedSampler(rules.anchors, 0.5);
        regionRule = new RegionTargets.Rule(new Matcher(0.5, 0.5, false), new BalancedSampler(rules.regions, 0.25), codec);
    }

    /**
     * The losses of a batch by name, each to be added with the weight 1; they belong to the manager of {@code map}.
     *
     * @param map of the ViT, [B, width, h, w]
     * @param height of the batch's pictures with padding, in pixels; {@code width} likewise
     * @param draws a stream for a picture's number in the batch and what is drawn; asked from any thread
     */
    public Map<String, NDArray> losses(NDArray map, int height, int width, List<ObjectTargets> pictures,
            BiFunction<Integer, String, Draws> draws) {
        Proposals found = proposals(map, height, width);
        int count = pictures.size();
        AnchorTargets[] anchorTargets = new AnchorTargets[count];
        BalancedSampler.Sample[] samples = new BalancedSampler.Sample[count];
        RegionTargets[] regions = new RegionTargets[count];
        IntStream.range(0, count).parallel().forEach(i -> {
            ObjectTargets objects = pictures.get(i);
            anchorTargets[i] = AnchorTargets.of(anchorMatcher, anchorCodec, found.anchors, objects.boxes());
            samples[i] = anchorSampler.sample(anchorTargets[i].labels(), draws.apply(i, "anchors"));
            float[] best = selected(found, i, rules.trained, objects.height(), objects.width());
            regions[i] = RegionTargets.of(regionRule, best, objects.boxes(), objects.classes(), draws.apply(i, "regions"));
        });
        Means means = new Means();
        for (int i = 0; i < count; i++) {
            DetectionLosses.Losses loss = losses.proposals(found.answers.objectness().get(i), found.answers.offsets().get(i),
                    anchorTargets[i].labels(), anchorTargets[i].offsets(), samples[i]);
            means.add("loss_objectness", loss.classes());
            means.add("loss_rpn_box", loss.boxes());
        }
        boxLosses(found, regions, means);
        maskLosses(found, regions, pictures, means);
        return means.of(ops, count);
    }

    /** Sums over the pictures of a batch, by name. */
    private static final class Means {
        private final Map<String, NDArray> sums = new LinkedHashMap<>();

        void add(String name, NDArray loss) {
            sums.merge(name, loss, NDArray::add);
        }

        Map<String, NDArray> of(Ops ops, int pictures) {
            sums.replaceAll((name, sum) -> ops.scale(sum, 1.0 / pictures));
            return sums;
        }
    }

    private void boxLosses(Proposals found, RegionTargets[] regions, Means means) {
        BoxHead.Answers answers = boxes.forward(coarse.apply(regionMaps(found), numbered(regions.length, i -> regions[i].boxes())));
        int from = 0;
        for (RegionTargets region : regions) {
            String rows = from + ":" + (from += region.labels().length);
            DetectionLosses.Losses loss = losses.boxes(answers.logits().get(rows), answers.offsets().get(rows), region.labels(),
                    region.offsets());
            means.add("loss_class", loss.classes());
            means.add("loss_box", loss.boxes());
        }
    }

    /** Those of the regions on objects; a picture without any still takes part, so that every rank has every gradient. */
    private void maskLosses(Proposals found, RegionTargets[] regions, List<ObjectTargets> pictures, Means means) {
        int[][] chosen = Arrays.stream(regions).map(RegionTargets::onObjects).toArray(int[][]::new);
        float[][] own = new float[regions.length][];
        int[][] matched = new int[regions.length][];
        float[][] targets = new float[regions.length][];
        IntStream.range(0, regions.length).parallel().forEach(i -> {
            own[i] = Boxes.select(regions[i].boxes(), chosen[i]);
            matched[i] = pick(regions[i].matched(), chosen[i]);
            targets[i] = losses.maskTargets(pictures.get(i).masks(), own[i], matched[i], MASK_SIDE, true);
        });
        NDArray features = fine.apply(regionMaps(found), numbered(regions.length, i -> own[i]));
        NDArray maskLogits = masks.forward(features);
        NDArray keypointLogits = keypoints == null ? null : keypoints.forward(features);
        int from = 0;
        for (int i = 0; i < regions.length; i++) {
            int n = matched[i].length;
            String rows = from + ":" + (from += n);
            NDArray wanted = Torch.floats(features.getManager(), targets[i], n, MASK_SIDE, MASK_SIDE);
            means.add("loss_mask", losses.masks(maskLogits.get(rows), pick(regions[i].labels(), chosen[i]), wanted));
            if (keypoints != null) {
                long[] cells = keypointMaps.encode(own[i], pictures.get(i).keypoints(matched[i]));
                means.add("loss_keypoint", losses.keypoints(keypointLogits.get(rows), cells));
            }
        }
    }

    /**
     * The objects of one picture, in pixels of the batch.
     *
     * @param objects boxes, best first
     * @param masks of each, probabilities [side * side] to be put into its box by {@link PastedMask}
     * @param maskSide of a mask
     * @param points x, y and score of every keypoint of each; empty without keypoint head
     */
    public record Found(BoxSelection.Objects objects, float[][] masks, int maskSide, float[][] points) {}

    /**
     * The objects of a batch. Gradient mode is off.
     *
     * @param map of the ViT, [B, width, h, w]
     * @param height of the batch's pictures with padding, in pixels; {@code width} likewise
     * @param sizes of the pictures without
     */
    public List<Found> detect(NDArray map, int height, int width, List<PictureScaling.Size> sizes) {
        Proposals found = proposals(map, height, width);
        int count = sizes.size();
        float[][] regions = new float[count][];
        IntStream.range(0, count).parallel().forEach(i ->
                regions[i] = selected(found, i, rules.tested, sizes.get(i).height(), sizes.get(i).width()));
        BoxHead.Answers answers = boxes.forward(coarse.apply(regionMaps(found), numbered(count, i -> regions[i])));
        float[] logits = answers.logits().toFloatArray();
        float[] offsets = answers.offsets().toFloatArray();
        int classes = design.classes + 1;
        BoxSelection.Objects[] objects = new BoxSelection.Objects[count];
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) {
            starts[i + 1] = starts[i] + Boxes.count(regions[i]);
        }
        IntStream.range(0, count).parallel().forEach(i -> objects[i] = selection.select(
                Arrays.copyOfRange(logits, starts[i] * classes, starts[i + 1] * classes),
                Arrays.copyOfRange(offsets, 4 * starts[i] * classes, 4 * starts[i + 1] * classes),
                regions[i], sizes.get(i).height(), sizes.get(i).width()));
        NDArray features = fine.apply(regionMaps(found), numbered(count, i -> objects[i].boxes()));
        int[] labels = Arrays.stream(objects).flatMapToInt(o -> Arrays.stream(o.labels())).toArray();
        float[][] maskMaps = MaskHead.probabilities(masks.forward(features), labels);
        float[][] points = points(features, objects);
        Found[] all = new Found[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + objects[i].labels().length;
            all[i] = new Found(objects[i], Arrays.copyOfRange(maskMaps, from, to), MASK_SIDE,
                    points.length == 0 ? new float[0][] : Arrays.copyOfRange(points, from, to));
            from = to;
        }
        return List.of(all);
    }

    private float[][] points(NDArray features, BoxSelection.Objects[] objects) {
        if (keypoints == null) {
            return new float[0][];
        }
        float[] boxesOfAll = new float[4 * (int) features.getShape().get(0)];
        int at = 0;
        for (BoxSelection.Objects one : objects) {
            System.arraycopy(one.boxes(), 0, boxesOfAll, at, one.boxes().length);
            at += one.boxes().length;
        }
        KeypointMaps.Found found = keypointMaps.decode(keypoints.forward(features), boxesOfAll);
        float[][] points = new float[boxesOfAll.length / 4][3 * design.keypoints];
        for (int i = 0; i < found.scores().length; i++) {
            float[] own = points[i / design.keypoints];
            int k = 3 * (i % design.keypoints);
            own[k] = found.points()[2 * i];
            own[k + 1] = found.points()[2 * i + 1];
            own[k + 2] = found.scores()[i];
        }
        return points;
    }

    private Proposals proposals(NDArray map, int height, int width) {
        List<NDArray> maps = pyramid.forward(map);
        int[][] sizes = maps.stream().map(m -> new int[] {(int) m.getShape().get(2), (int) m.getShape().get(3)}).toArray(int[][]::new);
        float[] all = anchors.all(sizes, height, width);
        RpnHead.Answers answers = proposals.forward(maps);
        float[] offsets = answers.offsets().toFloatArray();
        float[] decoded = new float[offsets.length];
        IntStream.range(0, offsets.length / all.length).parallel().forEach(i -> System.arraycopy(anchorCodec.decode(all,
                Arrays.copyOfRange(offsets, i * all.length, (i + 1) * all.length), 1), 0, decoded, i * all.length, all.length));
        int[] mapSizes = Arrays.stream(sizes).mapToInt(size -> size[0] * size[1] * RATIOS.length).toArray();
        return new Proposals(maps, answers, all, decoded, answers.objectness().toFloatArray(), mapSizes);
    }

    private static float[] selected(Proposals found, int picture, ProposalSelection rule, int height, int width) {
        int n = Boxes.count(found.anchors);
        return rule.select(Arrays.copyOfRange(found.decoded, 4 * n * picture, 4 * n * (picture + 1)),
                Arrays.copyOfRange(found.logits, n * picture, n * (picture + 1)), found.mapSizes, height, width).boxes();
    }

    private static List<NDArray> regionMaps(Proposals found) {
        return found.maps.subList(0, REGION_MAPS);
    }

    /** Boxes of all pictures, each with its picture's number before it. */
    private static float[] numbered(int pictures, IntFunction<float[]> boxes) {
        float[] all = new float[IntStream.range(0, pictures).map(i -> boxes.apply(i).length / 4 * 5).sum()];
        int at = 0;
        for (int i = 0; i < pictures; i++) {
            float[] own = boxes.apply(i);
            for (int b = 0; b < own.length; b += 4) {
                all[at] = i;
                System.arraycopy(own, b, all, at + 1, 4);
                at += 5;
            }
        }
        return all;
    }

    private static int[] pick(int[] values, int[] indices) {
        return Arrays.stream(indices).map(i -> values[i]).toArray();
    }
}
