package org.equirepro.models;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.equirepro.base.AtomicFiles;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.Content;
import org.equirepro.tensor.io.PthFile;
import org.equirepro.tensor.io.SafeTensors;

/**
 * Makes an encoder's folder from a published checkpoint. The weights pass from file to file in chunks, widened to float32. A
 * published backbone has no split: its layer is the identity, so that the split's features are the patch tokens, and no
 * feature is equivariant unless the configuration says so.
 */
public final class EncoderImport {

    private static final String SPLIT_WEIGHT = "split.weight";
    private static final String SPLIT_BIAS = "split.bias";

    private final Path from;
    private final CheckpointTensors checkpoint;
    private final CheckpointLayout layout;
    private final SortedMap<String, PthFile.Source> ours = new TreeMap<>();
    private final TreeSet<String> ignored = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();

    private EncoderImport(Path from, CheckpointLayout given, String key) {
        this.from = from;
        this.checkpoint = CheckpointTensors.read(from, key);
        String prefix = checkpoint.prefix();
        TreeSet<String> inside = new TreeSet<>();
        checkpoint.tensors().keySet().stream().filter(n -> n.startsWith(prefix)).forEach(n -> inside.add(n.substring(prefix.length())));
        this.layout = given == null ? CheckpointLayout.of(inside, prefix) : given;
        checkpoint.tensors().forEach((name, source) -> {
            boolean part = name.startsWith(prefix);
            String plain = part ? name.substring(prefix.length()) : name.replaceFirst("^(module|model|teacher|student)\\.", "");
            if (layout.ignores(plain)) {
                ignored.add(name);
            } else if (!part) {
                problems.add("unexpected " + name);
            } else if (ours.put(layout.rename(plain), source) != null) {
                problems.add("two tensors " + layout.rename(plain));
            }
        });
    }

    /**
     * @param from a .safetensors file, or one written by {@code torch.save}
     * @param layout null to recognise it
     * @param key section of the file that holds the weights; null to look in the usual places
     * @param config sections backbone, split and normalise that replace what is inferred; null for none
     * @param out folder to make
     * @param notes what a person should know: the layout, the tensors left out
     * @throws UserError that lists every missing, unexpected and misshapen tensor
     */
    public static void run(Torch torch, Path from, CheckpointLayout layout, String key, Settings config, Path out, Consumer<String> notes) {
        EncoderImport work = new EncoderImport(from, layout, key);
        Encoder encoder = Encoder.toBeLoaded(torch, work.settings(config));
        SortedMap<String, SafeTensors.Tensor> tensors = work.fitted(encoder);
        notes.accept(from + ": " + work.layout.name().toLowerCase(Locale.ROOT) + " layout"
                + (work.checkpoint.prefix().isEmpty() ? "" : ", names begin with " + work.checkpoint.prefix()));
        if (!work.ignored.isEmpty()) {
            notes.accept("left out, no part of the backbone: " + String.join(", ", work.ignored));
        }
        AtomicFiles.writeFolder(out, folder -> SafeTensors.write(folder.resolve(Encoder.FILE), tensors, encoder.metadata()));
    }

    /** The sections of an encoder: the configuration's, else those of an exported file, else what the tensors tell. */
    private Settings settings(Settings config) {
        Settings exported = checkpoint.settings();
        BackboneShape shape = new BackboneShape(from, ours);
        ObjectNode node = Settings.object();
        ObjectNode backbone = shape.settings(layout, section("backbone", config, exported));
        if (exported != null && section("backbone", config, null) == null) {
            backbone = (ObjectNode) exported.at("backbone").node(); // as it was trained, not as timm would resample it
        }
        node.set("backbone", backbone);
        int width = backbone.path("name").asText().equals("resnet18") ? 512 : Encoder.vitSize(Settings.of(from.toString(), backbone)).dim();
        Settings split = section("split", config, null);
        node.set("split", split != null ? split.node() : identitySplit(width, exported));
        Settings normalise = section("normalise", config, exported);
        node.set("normalise", normalise != null ? normalise.node() : imageNet());
        if (node.path("split").path("dim").asInt() != width) {
            throw UserError.usage(config.source() + ": split.dim must be the backbone's width " + width
                    + ": the checkpoint has no layer for another");
        }
        return Settings.of(from.toString(), node);
    }

    private static Settings section(String name, Settings config, Settings exported) {
        return config != null && config.has(name) ? config.at(name) : exported != null ? exported.at(name) : null;
    }

    /** A ResNet's features are split as they are, so an exported one keeps its split. */
    private static ObjectNode identitySplit(int width, Settings exported) {
        boolean kept = exported != null && exported.at("backbone").text("name").equals("resnet18");
        return Settings.object().put("dim", width).put("equivariant", kept ? exported.at("split").integer("equivariant") : 0);
    }

    /** Mean and deviation of ImageNet, with which iBOT, DINOv2 and MAE train. */
    private static ObjectNode imageNet() {
        ObjectNode node = Settings.object();
        node.putArray("mean").add(0.485).add(0.456).add(0.406);
        node.putArray("std").add(0.229).add(0.224).add(0.225);
        return node;
    }

    private SortedMap<String, SafeTensors.Tensor> fitted(Encoder encoder) {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        SortedMap<String, Shape> expected = encoder.store().shapes();
        for (String name : ours.keySet()) {
            if (!expected.containsKey(name) || name.startsWith("split.")) {
                problems.add("unexpected " + checkpoint.prefix() + name);
            }
        }
        expected.forEach((name, shape) -> {
            if (name.equals(SPLIT_WEIGHT)) {
                tensors.put(name, identity(shape.get(0)));
            } else if (name.equals(SPLIT_BIAS)) {
                tensors.put(name, SafeTensors.Tensor.of(new float[(int) shape.get(0)], shape.get(0)));
            } else {
                fit(name, shape, tensors);
            }
        });
        if (!problems.isEmpty()) {
            throw UserError.badData(from, "does not fit the network: " + String.join("; ", problems));
        }
        return tensors;
    }

    private void fit(String name, Shape shape, SortedMap<String, SafeTensors.Tensor> tensors) {
        PthFile.Source source = ours.get(name);
        if (source == null) {
            problems.add("missing " + name);
        } else if (source.tensor() == null) {
            problems.add(name + " " + source.problem());
        } else if (!new Shape(source.tensor().shape()).equals(shape)) {
            problems.add(name + " is " + new Shape(source.tensor().shape()) + " instead of " + shape);
        } else if (!source.tensor().type().isFloat()) {
            problems.add(name + " is " + source.tensor().type() + " instead of a floating-point type");
        } else {
            SafeTensors.Tensor tensor = source.tensor();
            tensors.put(name, new SafeTensors.Tensor(SafeTensors.Type.F32, shape.getShape(),
                    Content.toFloat32(tensor.type(), tensor.content())));
        }
    }

    /** [D, D], a row at a time. */
    private static SafeTensors.Tensor identity(long size) {
        return new SafeTensors.Tensor(SafeTensors.Type.F32, new long[] {size, size}, sink -> {
            for (int i = 0; i < size; i++) {
                ByteBuffer row = ByteBuffer.allocate((int) (4 * size)).order(ByteOrder.LITTLE_ENDIAN);
                sink.accept(row.putFloat(4 * i, 1));
            }
        });
    }
}
