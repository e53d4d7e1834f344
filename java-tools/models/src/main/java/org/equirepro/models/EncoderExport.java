package org.equirepro.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.Content;
import org.equirepro.tensor.io.SafeTensors;

/**
 * Writes an encoder's backbone under the names and shapes of timm's model without a classifier (num_classes=0), and beside it
 * a JSON file in the form of timm's config.json that names the model and its arguments. torchvision's ResNet-18 has the same
 * names. The split's layer is no part of such a model and stays behind.
 */
public final class EncoderExport {

    private static final String SUFFIX = ".safetensors";

    private EncoderExport() {}

    /**
     * @param folder of the encoder
     * @param out the file to write, ending in .safetensors; the JSON file has its name with .json
     */
    public static void run(Path folder, Path out) {
        if (!out.toString().endsWith(SUFFIX)) {
            throw UserError.usage("--out must end in " + SUFFIX + ", found " + out);
        }
        SafeTensors file = SafeTensors.open(folder.resolve(Encoder.FILE));
        file.verify();
        Settings settings = Encoder.settings(file);
        boolean resnet = settings.at("backbone").text("name").equals("resnet18");
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        for (String name : file.names()) {
            if (!name.startsWith("split.")) {
                tensors.put(name, file.tensor(name));
            }
            if (resnet && name.endsWith(".running_var")) { // counts batches for an averaging that is off by default
                tensors.put(name.replace("running_var", "num_batches_tracked"),
                        new SafeTensors.Tensor(SafeTensors.Type.I64, new long[0], Content.of(ByteBuffer.allocate(8))));
            }
        }
        SortedMap<String, String> metadata = new TreeMap<>(file.metadata());
        metadata.put("format", "pt");
        SafeTensors.write(out, tensors, metadata);
        Path json = out.resolveSibling(out.getFileName().toString().replaceFirst("\\" + SUFFIX + "$", ".json"));
        AtomicFiles.write(json, stream -> stream.write(Settings.pretty(resnet ? resnet(settings) : vit(settings))));
    }

    private static ObjectNode resnet(Settings settings) {
        ObjectNode node = Settings.object().put("architecture", "resnet18").put("num_classes", 0).put("num_features", 512)
                .put("global_pool", "avg");
        node.putObject("model_args");
        node.set("pretrained_cfg", input(settings, settings.at("backbone").integer("image")));
        return node;
    }

    private static ObjectNode vit(Settings settings) {
        VisionTransformer.Size size = Encoder.vitSize(settings.at("backbone"));
        VisionTransformer.Variant variant = Encoder.vitVariant(settings.at("backbone"));
        ObjectNode node = Settings.object().put("architecture", architecture(size)).put("num_classes", 0)
                .put("num_features", size.dim()).put("global_pool", "token");
        ObjectNode arguments = node.putObject("model_args").put("img_size", size.image()).put("patch_size", size.patch())
                .put("embed_dim", size.dim()).put("depth", size.depth()).put("num_heads", size.heads())
                .put("mlp_ratio", variant.mlpRatio()).put("qkv_bias", variant.qkvBias());
        if (!Double.isNaN(variant.layerScale())) {
            arguments.put("init_values", variant.layerScale());
        }
        node.set("pretrained_cfg", input(settings, size.image()));
        return node;
    }

    /** The timm model of that width; the arguments, all stated, decide about the rest. */
    private static String architecture(VisionTransformer.Size size) {
        return switch (size.dim()) {
            case 192 -> "vit_tiny_patch16_224";
            case 384 -> "vit_small_patch16_224";
            case 1024 -> "vit_large_patch16_224";
            default -> "vit_base_patch16_224";
        };
    }

    private static ObjectNode input(Settings settings, int image) {
        ObjectNode node = Settings.object();
        node.putArray("input_size").add(3).add(image).add(image);
        for (String key : new String[] {"mean", "std"}) {
            node.set(key, settings.at("normalise").node().get(key));
        }
        return node;
    }
}
