package org.equirepro.study.costs;

import org.equirepro.base.Settings;
import org.equirepro.base.UserError;

/**
 * Costs of the encoders' networks for one picture. Bytes kept are what PyTorch's autograd saves in the layers as they are
 * written in this project: see the counts beside each sum.
 */
final class Backbones {

    private static final int FLOAT = 4;

    /**
     * Sizes of a ViT.
     *
     * @param scaled whether each branch is multiplied by factors (LayerScale, drop path), which keeps its result
     * @param layerScale whether these factors are trained
     * @param twice whether blocks are computed again in the backward pass
     */
    record Vit(int image, int patch, int dim, int depth, boolean scaled, boolean layerScale, boolean twice) {

        private static final int HIDDEN = 4;

        /** From the sections {@code backbone} and {@code objective}; the names' sizes are timm's. */
        static Vit of(Settings recipe) {
            Settings s = recipe.at("backbone");
            int patch = 16;
            int dim;
            int depth = 12;
            switch (s.text("name")) {
                case "vit" -> {
                    patch = s.integer("patch");
                    dim = s.integer("dim");
                    depth = s.integer("depth");
                }
                case "vit_tiny_patch16" -> dim = 192;
                case "vit_small_patch16" -> dim = 384;
                case "vit_base_patch16" -> dim = 768;
                case "vit_large_patch16" -> {
                    dim = 1024;
                    depth = 24;
                }
                default -> throw UserError.usage(s.source() + ": backbone.name " + s.text("name") + " is not known");
            }
            boolean layerScale = s.has("layer_scale");
            boolean drops = recipe.at("objective").real("drop_path", 0) > 0;
            return new Vit(s.integer("image"), patch, dim, depth, layerScale || drops, layerScale, s.flag("checkpointing", false));
        }

        /** For one picture of so many pixels. */
        Cost cost(int height, int width, Bytes bytes) {
            int patches = (height / patch) * (width / patch);
            double tokens = 1 + patches;
            double d = dim;
            double values = tokens * d;
            double embedding = patches * 3.0 * patch * patch * d;
            // queries, keys and values 3, projection 1, hidden layer twice 4; then Q K' and its product with V
            double block = tokens * (4 + 2 * HIDDEN) * d * d + 2 * tokens * tokens * d;
            // float32: the inputs of both norms. In the products' type: both norms' results, q k v, the attention's result,
            // the hidden layer before and after GELU; with factors the results of both branches
            double kept = values * (2 * FLOAT + bytes.product() * (6 + 2 * HIDDEN + (scaled ? 2 : 0)));
            double ends = 2 * FLOAT * values; // last norm: input and result
            double inputs = twice ? FLOAT * values : kept; // of each block, or everything
            return new Cost(parameters(), 0, embedding + depth * block, embedding, twice ? depth * block : 0,
                    depth * inputs + ends, kept);
        }

        private long parameters() {
            long d = dim;
            long block = (4 + 2 * HIDDEN) * d * d + (3 + 1 + HIDDEN + 1) * d + 4 * d + (layerScale ? 2 * d : 0);
            long grid = image / patch;
            long embedding = 3L * patch * patch * d + d + d + (1 + grid * grid) * d; // patches, class token, positions
            return embedding + depth * block + 2 * d;
        }
    }

    /** Bytes of an element where autocast decides. */
    record Bytes(int product) {
        static Bytes of(Settings recipe) {
            return new Bytes(recipe.text("precision", "float32").equals("float32") ? FLOAT : FLOAT / 2);
        }

        boolean half() {
            return product < FLOAT;
        }
    }

    private static final int[] RESNET_WIDTHS = {64, 128, 256, 512};

    private Backbones() {}

    /** ResNet-18 without classifier for one picture of {@code side} pixels. */
    static Cost resnet18(int side, Bytes bytes) {
        int map = halved(side);
        Cost stem = convolution(3, RESNET_WIDTHS[0], 7, map, bytes);
        Cost all = new Cost(stem.parameters(), stem.buffers(), stem.macs(), stem.macs(), 0, stem.kept(), 0);
        int pooled = halved(map);
        long indices = 8L * RESNET_WIDTHS[0] * pooled * pooled; // of max pooling, int64
        all = all.and(Cost.product(0, 0, indices + (double) bytes.product() * RESNET_WIDTHS[0] * pooled * pooled));
        map = pooled;
        int in = RESNET_WIDTHS[0];
        for (int stage = 0; stage < RESNET_WIDTHS.length; stage++) {
            int out = RESNET_WIDTHS[stage];
            for (int i = 0; i < 2; i++) {
                boolean projected = stage > 0 && i == 0;
                map = projected ? halved(map) : map;
                all = all.and(convolution(in, out, 3, map, bytes)).and(convolution(out, out, 3, map, bytes));
                if (projected) {
                    all = all.and(convolution(in, out, 1, map, bytes));
                }
                in = out;
            }
        }
        return all;
    }

    private static int halved(int side) {
        return (side + 1) / 2;
    }

    /** With batch norm; kept are its input and, after ReLU, its result. */
    private static Cost convolution(int in, int out, int kernel, int side, Bytes bytes) {
        long weights = (long) in * out * kernel * kernel;
        double area = (double) side * side;
        return new Cost(weights + 2L * out, 2L * out, weights * area, 0, 0, 2 * bytes.product() * out * area, 0);
    }
}
