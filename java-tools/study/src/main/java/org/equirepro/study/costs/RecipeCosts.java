package org.equirepro.study.costs;

import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.Settings;
import org.equirepro.study.costs.Backbones.Bytes;
import org.equirepro.study.costs.Backbones.Vit;

/**
 * The networks of a pretraining recipe and what they cost for one sample of the step: two views, or two global crops through student
 * and teacher and the local ones through the student. Every shape is the recipe's; nothing is built or measured.
 *
 * @param parts in the order in which a picture goes through them
 * @param pictures bytes of a sample's views on the device, as they came and normalised
 * @param chunk bytes that a few pictures need on their second way through the encoder; 0 without {@code micro_batch}
 */
public record RecipeCosts(List<Part> parts, double pictures, double chunk) {

    /**
     * A part of the networks.
     *
     * @param cost for one sample, all its views
     * @param trained false for the teacher, which has no backward pass
     */
    public record Part(String name, Cost cost, boolean trained) {

        /** Floating-point operations of a sample, two for a multiply-accumulate. */
        public double forwardFlops() {
            return 2 * cost.macs();
        }

        public double backwardFlops() {
            return trained ? 2 * cost.backwardMacs() : 0;
        }
    }

    private static final int VIEWS = 2;
    private static final int FLOAT = 4;
    private static final int RESNET_WIDTH = 512;
    private static final int RESNET_PATCH = 32;

    /** From a recipe of kind pretrain. */
    public static RecipeCosts of(Settings recipe) {
        return new Walk(recipe).costs();
    }

    /** Operations of the backbone alone on one picture of so many pixels, in float32. */
    static double backboneFlops(Settings recipe, int height, int width) {
        Bytes bytes = new Bytes(FLOAT);
        boolean resnet = recipe.at("backbone").text("name").equals("resnet18");
        return 2 * (resnet ? Backbones.resnet18((int) Math.round(Math.sqrt((double) height * width)), bytes)
                : Vit.of(recipe).cost(height, width, bytes)).macs();
    }

    /** Forward passes of all parts for a sample. */
    public double forwardFlops() {
        return parts.stream().mapToDouble(Part::forwardFlops).sum();
    }

    /** A whole training step for a sample: forward and backward; the update's share is left out. */
    public double stepFlops() {
        return parts.stream().mapToDouble(part -> part.forwardFlops() + part.backwardFlops()).sum();
    }

    /** Values that are trained. */
    public long parameters() {
        return parts.stream().filter(Part::trained).mapToLong(part -> part.cost().parameters()).sum();
    }

    /** The trained values of the parts of this name. */
    public long parameters(String name) {
        return parts.stream().filter(part -> part.name().equals(name)).mapToLong(part -> part.cost().parameters()).sum();
    }

    /** What the encoder's file holds: backbone, split and running statistics. */
    public long encoderValues() {
        return parts.stream().filter(part -> part.name().equals("backbone") || part.name().equals("split"))
                .mapToLong(part -> part.cost().parameters() + part.cost().buffers()).sum();
    }

    /** One recipe on its way through its networks. */
    private static final class Walk {
        private final Settings recipe;
        private final Settings objective;
        private final Bytes bytes;
        private final Vit vit;
        private final int image;
        private final int tokens;
        private final int side;
        private final int patch;
        private final int splitDim;
        private final int equivariant;
        private final int micro;
        private final List<Part> parts = new ArrayList<>();
        private double chunk;

        Walk(Settings recipe) {
            this.recipe = recipe;
            this.objective = recipe.at("objective");
            this.bytes = Bytes.of(recipe);
            Settings backbone = recipe.at("backbone");
            boolean resnet = backbone.text("name").equals("resnet18");
            this.vit = resnet ? null : Vit.of(recipe);
            this.image = backbone.integer("image");
            this.patch = resnet ? RESNET_PATCH : vit.patch();
            this.side = (image + patch - 1) / patch;
            this.tokens = side * side;
            this.splitDim = recipe.at("split").integer("dim");
            this.equivariant = recipe.at("split").integer("equivariant");
            this.micro = recipe.integer("micro_batch", 0);
        }

        RecipeCosts costs() {
            switch (objective.text("name")) {
                case "ibot" -> studentAndTeacher();
                case "none" -> encoder(1);
                default -> pairs();
            }
            return new RecipeCosts(List.copyOf(parts), pictures(), chunk);
        }

        private void add(String name, Cost cost) {
            parts.add(new Part(name, cost, true));
        }

        private Cost backbone(int pixels) {
            return vit == null ? Backbones.resnet18(pixels, bytes) : vit.cost(pixels, pixels, bytes);
        }

        /** Backbone and split on so many views. */
        private void encoder(double views) {
            boolean atHead = recipe.at("split").text("place", "patches").equals("head");
            add("backbone", encoded(backbone(image), views, 0));
            if (vit != null && !atHead) {
                double answers = (double) FLOAT * tokens * splitDim;
                add("split", encoded(Heads.linear(vit.dim(), splitDim, true, bytes).on(tokens), views, answers));
            }
        }

        /**
         * A part of the encoder on so many pictures. With {@code micro_batch} the answers alone are kept, and a few pictures at a time go
         * through once more.
         *
         * @param answers bytes of what one picture gives to the loss
         */
        private Cost encoded(Cost picture, double pictures, double answers) {
            if (micro == 0) {
                return picture.on(pictures);
            }
            chunk = Math.max(chunk, micro * (picture.kept() + picture.working()));
            return new Cost(picture.parameters(), picture.buffers(), picture.macs(), picture.leaves(), picture.repeated() + picture.macs(),
                    answers, answers).on(pictures);
        }

        private void pairs() {
            double views = VIEWS * (1 + (recipe.has("adaptive") ? recipe.at("adaptive").real("share") : 0));
            encoder(views);
            int[] widths = objective.integers("expander");
            int invariant = splitDim - equivariant;
            if (objective.text("name").equals("sie")) {
                int width = widths[widths.length - 1];
                add("projectors", Heads.expander(invariant, widths, bytes).on(views)
                        .and(Heads.expander(equivariant, widths, bytes).on(views)));
                add("predictor", Heads.hyperNetwork(latent(), width, objective.flag("hyper_bias", false), bytes));
            } else {
                add("expander", Heads.expander(invariant, widths, bytes).on(views));
            }
            if (!recipe.has("reconstruction")) {
                return;
            }
            Settings section = recipe.at("reconstruction");
            if (section.has("family")) {
                decoders(section);
            } else {
                add("decoder", Heads.crossReconstruction(equivariant, side, patch, section.integers("decoder"), bytes));
            }
        }

        /** K decoders, one more with the final view, on the equivariant features of both views side by side. */
        private void decoders(Settings section) {
            int in = 2 * equivariant;
            Cost one = Heads.decoder(in, side, patch, section.integers("decoder"), bytes);
            Cost joined = Cost.product(0, 0, (double) in * tokens * (bytes.half() ? FLOAT + bytes.product() : FLOAT));
            add("decoders", one.copies(section.integer("count") + (section.flag("final_view", false) ? 1 : 0)).and(joined));
        }

        /** How many numbers sie's predictor is told. */
        private int latent() {
            if (objective.has("latent")) {
                return objective.texts("latent").stream().mapToInt(word -> word.equals("rotation") ? 4 : 2).sum();
            }
            Settings section = recipe.has("reconstruction") ? recipe.at("reconstruction") : recipe.at("transform");
            return switch (section.text("family")) {
                case "angle", "blur" -> 1;
                case "trans" -> 2;
                case "se2" -> 3;
                case "color" -> 4;
                default -> 8; // all
            };
        }

        private void studentAndTeacher() {
            Settings views = recipe.at("views");
            int locals = views.has("local") ? views.at("local").integer("count") : 0;
            Heads.Prototypes head = Heads.Prototypes.of(objective.at("head"), vit.dim(), splitDim);
            double answers = FLOAT * (1.0 + tokens) * vit.dim();
            Cost globals = encoded(backbone(image), VIEWS, answers);
            Cost crops = globals;
            if (locals > 0) {
                crops = crops.and(encoded(backbone(views.at("local").integer("size")), locals, answers).again());
            }
            add("backbone", crops);
            Cost logits = head.cls(bytes).on(VIEWS).and(head.patch(bytes).on((double) VIEWS * tokens));
            Cost weights = head.weights();
            Cost mask = Cost.weights(vit.dim(), 0); // the token for masked patches, no part of the encoder
            add("head", mask.and(weights).and(logits).and(head.cls(bytes).on(locals)));
            if (recipe.has("reconstruction")) {
                decoders(recipe.at("reconstruction"));
            }
            Cost teacher = globals.and(weights).and(logits);
            parts.add(new Part("teacher", new Cost(teacher.parameters(), teacher.buffers(), teacher.macs(), 0, 0, 0, 0), false));
        }

        /** Each view as bytes, as it came in 0 .. 1 and normalised. */
        private double pictures() {
            if (!recipe.has("views")) {
                return 0;
            }
            Settings views = recipe.at("views");
            double pixels = VIEWS * (double) image * image;
            if (views.has("local")) {
                double local = views.at("local").integer("size");
                pixels += views.at("local").integer("count") * local * local;
            }
            return 3 * pixels * (1 + 2 * FLOAT);
        }
    }
}
