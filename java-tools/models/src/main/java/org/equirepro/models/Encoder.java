package org.equirepro.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.VisionTransformer.PositionResampling;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.BlockChain;
import org.equirepro.tensor.nn.GradientListener;
import org.equirepro.tensor.nn.GraphCuts;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;
import org.equirepro.tensor.nn.SampleChunks;
import org.equirepro.vision.batch.Normalisation;

/**
 * A backbone and the split of its patch features into an invariant part (first) and an equivariant part (last), AAAI-26
 * paper, section 3.1. A ViT's tokens pass through a linear layer to d_patch features (section 4.1); a ResNet's 512 features
 * are split as they are, as in SIE. With {@code split.place: head} the outputs of a training's head are split instead (iBOT,
 * DINOv2): the head is no part of the encoder, whose features are then the backbone's, none of them equivariant.
 *
 * <p>{@code encoder.safetensors} holds the weights and, as metadata, the settings from which {@link #load} rebuilds it.
 */
public final class Encoder {

    /** Name of the file in an encoder's folder. */
    public static final String FILE = "encoder.safetensors";

    /** Metadata key of the settings. */
    static final String METADATA = "encoder";

    /**
     * Features of a batch, float32.
     *
     * @param cls [B, D] class token of the backbone
     * @param patches [B, N, D] patch tokens of the backbone
     * @param split [B, N, d_patch] the same after the split's layer; the last {@link #equivariant()} of them are equivariant
     */
    public record Features(NDArray cls, NDArray patches, NDArray split) {}

    private final Settings backboneSettings;
    private final Settings splitSettings;
    private final Settings normalise;
    private final ParameterStore store;
    private final Layers.Mode mode = new Layers.Mode();
    private final Backbone backbone;
    private final Layers.Layer splitLayer;
    private final int splitDim;
    private final int equivariant;
    private final int image;

    private Encoder(Torch torch, Settings backbone, Settings split, Settings normalise,
            ParameterStore store, boolean staged) {
        this.backboneSettings = backbone;
        this.splitSettings = split;
        this.normalise = normalise;
        this.store = store;
        Ops ops = torch.ops();
        this.image = backbone.integer("image");
        boolean atHead = split.text("place", "patches").equals("head");
        String name = backbone.text("name");
        if (name.equals("resnet18")) {
            this.backbone = new ResNet18(store, ops, mode);
            this.splitDim = split.integer("dim");
            if (splitDim != this.backbone.width()) {
                throw UserError.usage(split.source() + ": split.dim must be 512 for resnet18, whose features are split as they are");
            }
            this.splitLayer = x -> x;
        } else {
            this.backbone = new VisionTransformer(store, ops, vitSize(backbone), vitVariant(backbone),
                    backbone.flag("checkpointing", false) ? BlockChain.Mode.RECOMPUTE
                            : staged ? BlockChain.Mode.STAGED : BlockChain.Mode.KEEP);
            this.splitDim = atHead ? this.backbone.width() : split.integer("dim");
            this.splitLayer = atHead ? x -> x : splitLayer(ops);
        }
        this.equivariant = atHead ? 0 : split.integer("equivariant");
        if (equivariant < 0 || equivariant > splitDim) {
            throw UserError.usage(split.source() + ": split.equivariant must lie between 0 and split.dim = " + splitDim);
        }
    }

    private Layers.Layer splitLayer(Ops ops) {
        // .02, as the other linear layers of a ViT
        NDArray w = store.normal("split.weight", 0.02, splitDim, backbone.width());
        NDArray b = store.constant("split.bias", 0, splitDim);
        return x -> ops.toFloat(ops.linear(x, w, b));
    }

    /** Sizes of the ViT that a section {@code backbone} describes. */
    static VisionTransformer.Size vitSize(Settings s) {
        String name = s.text("name");
        int image = s.integer("image");
        VisionTransformer.Size size = switch (name) {
            case "vit" -> new VisionTransformer.Size(image, s.integer("patch"), s.integer("dim"), s.integer("depth"), s.integer("heads"));
            case "vit_tiny_patch16" -> new VisionTransformer.Size(image, 16, 192, 12, 3);
            case "vit_small_patch16" -> new VisionTransformer.Size(image, 16, 384, 12, 6);
            case "vit_base_patch16" -> new VisionTransformer.Size(image, 16, 768, 12, 12);
            case "vit_large_patch16" -> new VisionTransformer.Size(image, 16, 1024, 24, 16);
            default -> throw UserError.usage(s.source() + ": backbone.name must be vit, vit_tiny_patch16, vit_small_patch16, "
                    + "vit_base_patch16, vit_large_patch16 or resnet18, found " + name);
        };
        if (image % size.patch() != 0 || size.dim() % size.heads() != 0) {
            throw UserError.usage(s.source() + ": backbone: image must be a multiple of patch and dim of heads, found " + size);
        }
        return size;
    }

    /** What a section {@code backbone} says of the kind of ViT; the plain one where it says nothing. */
    static VisionTransformer.Variant vitVariant(Settings s) {
        VisionTransformer.Variant plain = VisionTransformer.Variant.PLAIN;
        PositionResampling resampling = plain.resampling();
        if (s.has("positions")) {
            try {
                resampling = PositionResampling.valueOf(s.text("positions").toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw UserError.usage(s.source() + ": backbone.positions must be dino_offset, size or size_antialias, found "
                        + s.text("positions"));
            }
        }
        return new VisionTransformer.Variant(s.real("mlp_ratio", plain.mlpRatio()), plain.eps(), s.flag("qkv_bias", plain.qkvBias()),
                s.real("layer_scale", plain.layerScale()), resampling);
    }

    /**
     * A new encoder with start values drawn from the seed.
     *
     * @param recipe a pretraining recipe: its sections {@code backbone}, {@code split} and {@code normalise} are used
     */
    public static Encoder create(Torch torch, Settings recipe, long seed) {
        return create(torch, recipe, seed, false);
    }

    /** As the shorter form; {@code staged}: a ViT's gradients become final block by block, for ranks to exchange them meanwhile. */
    public static Encoder create(Torch torch, Settings recipe, long seed, boolean staged) {
        return of(torch, recipe, new ParameterStore(torch.root(), seed), staged);
    }

    /** As {@link #create}, with zeros where there would be start values: the tensors' names and shapes, to be loaded. */
    public static Encoder toBeLoaded(Torch torch, Settings recipe) {
        return of(torch, recipe, ParameterStore.toBeLoaded(torch.root()), false);
    }

    private static Encoder of(Torch torch, Settings recipe, ParameterStore store, boolean staged) {
        return new Encoder(torch, recipe.at("backbone"), recipe.at("split"), recipe.at("normalise"), store, staged);
    }

    /**
     * The encoder of a folder written by pretraining, ready for evaluation.
     *
     * @throws UserError if the file is missing, or lists the tensors that do not fit
     */
    public static Encoder load(Torch torch, Path folder) {
        Encoder encoder = loadToTrain(torch, folder, false);
        encoder.mode.set(false);
        return encoder;
    }

    /** The same, to be trained on; {@code staged} as in {@link #create(Torch, Settings, long, boolean)}. */
    public static Encoder loadToTrain(Torch torch, Path folder, boolean staged) {
        SafeTensors file = SafeTensors.open(folder.resolve(FILE));
        file.verify();
        Encoder encoder = of(torch, settings(file), ParameterStore.toBeLoaded(torch.root()), staged);
        encoder.store.load(file, "");
        return encoder;
    }

    /** The settings in an encoder's file: sections {@code backbone}, {@code split} and {@code normalise}. */
    static Settings settings(SafeTensors file) {
        String text = file.metadata().get(METADATA);
        if (text == null) {
            throw UserError.badData(file.file(), "has no metadata '" + METADATA + "': not written by equirepro pretrain or import");
        }
        return Settings.parseJson(file.file().toString(), text);
    }

    /** What {@link #load} reads. */
    public void save(Path file) {
        SafeTensors.write(file, store.tensors(""), metadata());
    }

    /** The metadata of the file, from which {@link #load} rebuilds the network. */
    SortedMap<String, String> metadata() {
        var node = Settings.object();
        node.set("backbone", backboneSettings.node());
        node.set("split", splitSettings.node());
        node.set("normalise", normalise.node());
        return new TreeMap<>(Map.of(METADATA, Settings.canonical(node)));
    }

    /** Features of normalised pictures [B, 3, H, W]; they belong to the pictures' manager. */
    public Features forward(NDArray pictures, Precision precision) {
        Backbone.Tokens tokens = backbone.forward(pictures, precision);
        return new Features(tokens.cls(), tokens.patches(), splitLayer.apply(tokens.patches()));
    }

    /**
     * Class tokens of a ViT's last blocks, each through the final norm, side by side in the order of the blocks.
     *
     * @param pictures [B, 3, H, W], normalised
     * @param count of blocks, at most {@link #blocks()}
     * @return [B, count * D], float32
     */
    public NDArray classTokens(NDArray pictures, int count) {
        NDArray side = null;
        for (NDArray tokens : vit().intermediate(pictures, null, count, Precision.FLOAT32)) {
            NDArray cls = tokens.get(":, 0");
            side = side == null ? cls : side.concat(cls, 1);
        }
        return side;
    }

    /** Transformer blocks of the backbone; 0 for a ResNet. */
    public int blocks() {
        return backbone instanceof VisionTransformer vit ? vit.depth() : 0;
    }

    /**
     * For batches that go through this encoder a few pictures at a time while it is trained.
     *
     * @param size pictures of a chunk; 0 for whole batches
     * @throws UserError if the backbone has batch norm, which sees all pictures of a batch together
     */
    public SampleChunks chunks(NDManager manager, int size) {
        if (size > 0 && !backbone.pictureByPicture()) {
            throw UserError.usage(backboneSettings.source() + ": micro_batch cannot be exact for " + backboneSettings.text("name")
                    + ", whose batch norm sees all pictures of a batch together; remove it, or train on more ranks");
        }
        return new SampleChunks(manager, size);
    }

    /**
     * The backward pass of a step whose loss reads features of this encoder, however many batches went through it.
     *
     * @param fromLoss goes from the loss to the features of this encoder
     * @param trained all parameters that are trained in this step
     * @param listener told which gradients are final while the pass still runs
     */
    public void backward(Runnable fromLoss, Collection<NDArray> trained, GradientListener listener) {
        BlockChain.backward(fromLoss, backbone.chains(), trained, listener);
    }

    /** As the other, where the batches went through {@code chunks}. */
    public void backward(Runnable fromLoss, SampleChunks chunks, Collection<NDArray> trained, GradientListener listener) {
        chunks.backward(fromLoss, backbone.chains(), trained, listener);
    }

    /**
     * The backbone of trainings that mask patches, and of dense tasks.
     *
     * @throws UserError if it is a ResNet
     */
    public VisionTransformer vit() {
        if (backbone instanceof VisionTransformer vit) {
            return vit;
        }
        throw UserError.usage(backboneSettings.source() + ": backbone.name must be a ViT's: objectives that mask patches and dense tasks need its blocks");
    }

    /** Side of the pictures it was made for. */
    public int image() {
        return image;
    }

    /** Pixels of a patch's side; 32 for a ResNet, whose last map has a cell for so many. */
    public int patch() {
        return backbone.patch();
    }

    /** Width of the backbone's tokens. */
    public int width() {
        return backbone.width();
    }

    /** d_patch. */
    public int splitDim() {
        return splitDim;
    }

    /** d_equi: the last so many of the d_patch features. */
    public int equivariant() {
        return equivariant;
    }

    /** Mean and standard deviation of the input, [1, 3, 1, 1] each. */
    public Normalisation normalisation(NDManager manager) {
        return Normalisation.of(manager, normalise);
    }

    public ParameterStore store() {
        return store;
    }

    /** Batch norm uses batch statistics while training; a loaded encoder is not training. */
    public void train(boolean on) {
        mode.set(on);
    }

    /** Where the graph is cut while several ranks train. */
    public void span(GraphCuts cuts) {
        mode.set(cuts);
    }
}
