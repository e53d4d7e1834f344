package org.equirepro.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.PthFile;

/** Reads a backbone's sizes off its tensors: the section {@code backbone} that describes it. */
final class BackboneShape {

    private static final int HEAD_WIDTH = 64;
    private static final double LAYER_SCALE = 1e-5;

    private final Path file;
    private final SortedMap<String, PthFile.Source> tensors;

    /** @param tensors by our names */
    BackboneShape(Path file, SortedMap<String, PthFile.Source> tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    boolean resnet() {
        return tensors.containsKey("conv1.weight");
    }

    /**
     * @param given the user's section {@code backbone}, whose sizes the tensors must then have; or null
     * @throws UserError if the tensors do not tell a size
     */
    ObjectNode settings(CheckpointLayout layout, Settings given) {
        ObjectNode node = Settings.object();
        if (given != null) {
            node.setAll((ObjectNode) given.node());
        } else if (resnet()) {
            node.put("name", "resnet18").put("image", 224);
        } else {
            sizes(node);
        }
        if (!node.path("name").asText().equals("resnet18")) {
            variant(node, layout);
        }
        return node;
    }

    private void sizes(ObjectNode node) {
        long[] projection = shape("patch_embed.proj.weight", 4);
        long[] positions = shape("pos_embed", 3);
        int dim = size(projection[0]);
        int patch = size(projection[2]);
        long side = Math.round(Math.sqrt(positions[1] - 1));
        if (side < 1 || side * side != positions[1] - 1) {
            throw UserError.badData(file, "pos_embed has " + positions[1] + " rows, not one and a square: distilled and oblong ViTs are not read");
        }
        if (dim % HEAD_WIDTH != 0) {
            throw UserError.badData(file, "width " + dim + " is no multiple of " + HEAD_WIDTH
                    + " and does not tell the number of heads; give the section backbone by --config");
        }
        int depth = 0;
        while (tensors.containsKey("blocks." + depth + ".norm1.weight")) {
            depth++;
        }
        node.put("name", "vit").put("image", size(side * patch)).put("patch", patch).put("dim", dim).put("depth", depth)
                .put("heads", dim / HEAD_WIDTH);
    }

    private void variant(ObjectNode node, CheckpointLayout layout) {
        if (tensors.containsKey("blocks.0.ls1.gamma") && !node.has("layer_scale")) {
            node.put("layer_scale", LAYER_SCALE);
        }
        if (!tensors.containsKey("blocks.0.attn.qkv.bias") && !node.has("qkv_bias")) {
            node.put("qkv_bias", false);
        }
        if (tensors.containsKey("blocks.0.mlp.fc1.weight") && !node.has("mlp_ratio")) {
            long[] hidden = shape("blocks.0.mlp.fc1.weight", 2);
            if (hidden[0] != 4 * hidden[1]) {
                node.put("mlp_ratio", hidden[0] / (double) hidden[1]);
            }
        }
        if (layout.positions() != VisionTransformer.Variant.PLAIN.resampling() && !node.has("positions")) {
            node.put("positions", layout.positions().name().toLowerCase(Locale.ROOT));
        }
    }

    private long[] shape(String name, int dimensions) {
        PthFile.Source source = tensors.get(name);
        if (source == null || source.tensor() == null) {
            throw UserError.badData(file, "tensor " + name + (source == null ? " is missing" : " " + source.problem()));
        }
        long[] shape = source.tensor().shape();
        if (shape.length != dimensions) {
            throw UserError.badData(file, "tensor " + name + " has " + shape.length + " dimensions instead of " + dimensions);
        }
        return shape;
    }

    /** Sizes beyond these are no network's: they would take the memory before they are found wrong. */
    private int size(long value) {
        if (value < 1 || value > 1 << 14) {
            throw UserError.badData(file, "a size of " + value + " is no ViT's");
        }
        return (int) value;
    }
}
