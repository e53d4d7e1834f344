package org.equirepro.reporting.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The methods paragraph, made from the recipes that were run, and the works it cites. */
final class Methods {

    private static final Map<String, String> WORKS = works();

    private final Map<String, JsonNode> recipes = new TreeMap<>();
    private final List<String> cited = new ArrayList<>();

    Methods(JsonNode recipes) {
        recipes.fields().forEachRemaining(entry -> this.recipes.put(entry.getKey(), entry.getValue()));
    }

    void write(StringBuilder page) {
        page.append("<p>The study follows ").append(cite("wang2026"))
                .append(": besides the usual objective, K decoders rebuild the pictures ")
                .append("that lie at equal steps of the parameters between a view and its transformed copy, from the "
                        + "equivariant part of the ")
                .append("features of both views. What can then be read from the features is measured by R2, the coefficient "
                        + "of determination, ")
                .append("of a small network that predicts the parameters of a transformation from the features of a picture "
                        + "and of its ")
                .append("transformed copy, with the encoder frozen. The paper's SIE rows are the method of ")
                .append(cite("garrido2023"))
                .append(", cross_atten_recon that of ").append(cite("wang2024"))
                .append(".</p>\n<p>The <em>constant prediction</em> is the score of always giving the same answer. ")
                .append("The <em>untrained</em> encoder has the same network with its first, random weights. Spreads are "
                        + "standard deviations ")
                .append("over seeds (n - 1); the paper does not say over how many repeats its own are.</p>\n");
        if (recipes.isEmpty()) {
            page.append("<p>No recipes were handed to this report.</p>\n");
        } else {
            page.append("<ul>\n");
            recipes.forEach((name, recipe) -> page.append("<li><code>").append(Html.text(name)).append("</code>: ")
                    .append(sentence(recipe)).append("</li>\n"));
            page.append("</ul>\n");
        }
        page.append("<h3 id=\"references\">References</h3>\n<ol>\n");
        cited.forEach(key -> page.append("<li>").append(Html.text(WORKS.get(key))).append("</li>\n"));
        page.append("</ol>\n");
    }

    private String sentence(JsonNode recipe) {
        return switch (recipe.path("kind").asText()) {
            case "pretrain" -> pretraining(recipe);
            case "r2_image" -> "R2 of " + Html.text(list(recipe.path("families"))) + ", borders "
                    + Html.text(list(recipe.path("fills")))
                    + ", features " + Html.text(list(recipe.path("features"))) + "; " + head(recipe);
            case "r2_3diebench" -> "3DIEBench " + cite("garrido2023")
                    + ": a linear layer for the class, a network for the rotation between two "
                    + "views and for their difference in hue; features " + Html.text(list(recipe.path("features"))) + "; "
                    + head(recipe);
            case "retrieval" -> "retrieval of an object's views by SIE's predictor " + cite("garrido2023")
                    + ": mean reciprocal rank, H@1 and H@5 among all views of the object.";
            case "linear_probe" -> "a linear layer on " + Html.text(list(recipe.path("features")))
                    + ", learning rate chosen among "
                    + Html.text(list(recipe.path("lrs"))) + " on a held-out part of the training data; " + head(recipe);
            case "knn" -> "weighted vote of the " + Html.text(list(recipe.path("ks"))) + " nearest training pictures by the cosine of their "
                    + Html.text(list(recipe.path("features"))) + " features.";
            case "logreg" -> "logistic regression on " + Html.text(list(recipe.path("features")))
                    + " of length 1, penalty chosen among " + Html.text(list(recipe.path("l2s"))) + " on a held-out part of the training data.";
            default -> "kind " + Html.text(recipe.path("kind").asText("not given")) + ".";
        };
    }

    private String pretraining(JsonNode recipe) {
        JsonNode backbone = recipe.path("backbone");
        String network = backbone.path("name").asText("a network");
        StringBuilder text = new StringBuilder(Html.text(network)).append(network.startsWith("resnet") ? " " + cite("he2016")
                : " " + cite("dosovitskiy2021"));
        if (backbone.has("image")) {
            text.append(" on ").append(backbone.path("image").asText()).append("-pixel pictures");
        }
        if (backbone.has("depth")) {
            text.append(", patch ").append(Html.text(backbone.path("patch").asText("?"))).append(", width ")
                    .append(Html.text(backbone.path("dim").asText("?")))
                    .append(", ").append(Html.text(backbone.path("depth").asText())).append(" blocks");
        }
        String objective = recipe.path("objective").path("name").asText("none");
        if (objective.equals("none")) {
            return text.append("; not trained.").toString();
        }
        text.append("; objective ").append(Html.text(objective));
        if (objective.equals("vicreg")) {
            text.append(' ').append(cite("bardes2022")).append(" with weights ")
                    .append(Html.text(recipe.path("objective").path("invariance").asText("?")))
                    .append(" / ").append(Html.text(recipe.path("objective").path("variance").asText("?"))).append(" / ")
                    .append(Html.text(recipe.path("objective").path("covariance").asText("?")))
                    .append(" of invariance, variance and covariance");
        }
        JsonNode rebuilt = recipe.path("reconstruction");
        if (rebuilt.isObject()) {
            text.append("; reconstruction of K = ").append(Html.text(rebuilt.path("count").asText("?")))
                    .append(rebuilt.path("final_view").asBoolean() ? " intermediate pictures and the final view of " : " intermediate pictures of ")
                    .append(Html.text(rebuilt.path("family").asText("?"))).append(", weight ")
                    .append(Html.text(rebuilt.path("weight").asText("?")));
        } else if (recipe.path("transform").isObject()) {
            text.append("; ").append(Html.text(recipe.path("transform").path("family").asText("?")))
                    .append(" as augmentation only");
        } else {
            text.append("; no reconstruction");
        }
        if (recipe.path("split").isObject()) {
            text.append("; ").append(Html.text(recipe.path("split").path("equivariant").asText("?"))).append(" of ")
                    .append(Html.text(recipe.path("split").path("dim").asText("?"))).append(" features equivariant");
        }
        return text.append("; ").append(training(recipe)).toString();
    }

    private String head(JsonNode recipe) {
        String hidden = recipe.path("hidden").isArray() ? "hidden layers of " + Html.text(list(recipe.path("hidden"))) + ", "
                : "";
        return hidden + training(recipe);
    }

    private String training(JsonNode recipe) {
        StringBuilder text = new StringBuilder();
        JsonNode optimiser = recipe.path("optimiser");
        if (optimiser.has("name")) {
            String name = optimiser.path("name").asText();
            text.append(Html.text(name))
                    .append(name.toLowerCase(Locale.ROOT).equals("adamw") ? " " + cite("loshchilov2019") : "");
            if (optimiser.has("lr")) {
                text.append(" at rate ").append(Html.text(optimiser.path("lr").asText()));
            }
            text.append(", ");
        }
        if (recipe.has("batch")) {
            text.append("batches of ").append(Html.text(recipe.path("batch").asText())).append(", ");
        }
        String length = recipe.has("steps") ? recipe.path("steps").asText() + " steps" : recipe.path("epochs").asText("?")
                + " epochs";
        return text.append(Html.text(length)).append('.').toString();
    }

    private static String list(JsonNode node) {
        List<String> items = new ArrayList<>();
        node.forEach(item -> items.add(item.asText()));
        return items.isEmpty() ? node.asText("not given") : String.join(", ", items);
    }

    private String cite(String key) {
        if (!cited.contains(key)) {
            cited.add(key);
        }
        return "[" + (cited.indexOf(key) + 1) + "]";
    }

    private static Map<String, String> works() {
        return Map.of(
                "wang2026", "Q. Wang and others: Self-supervised learning based on transformed image reconstruction for "
                        + "equivariance-coherent "
                        + "feature representation. AAAI 2026, volume 40(31), DOI 10.1609/aaai.v40i31.39849; arXiv:2503.18753.",
                "garrido2023", "Q. Garrido, L. Najman, Y. LeCun: Self-supervised learning of split invariant equivariant "
                        + "representations. "
                        + "ICML 2023; arXiv:2302.10283.",
                "wang2024", "Q. Wang, K. Krajsek, H. Scharr: Equivariant representation learning for augmentation-based "
                        + "self-supervised "
                        + "learning via image reconstruction. 2024; arXiv:2412.03314.",
                "bardes2022", "A. Bardes, J. Ponce, Y. LeCun: VICReg: variance-invariance-covariance regularization for "
                        + "self-supervised "
                        + "learning. ICLR 2022; arXiv:2105.04906.",
                "dosovitskiy2021", "A. Dosovitskiy and others: An image is worth 16x16 words: transformers for image "
                        + "recognition at scale. "
                        + "ICLR 2021; arXiv:2010.11929.",
                "he2016", "K. He, X. Zhang, S. Ren, J. Sun: Deep residual learning for image recognition. CVPR 2016; "
                        + "arXiv:1512.03385.",
                "loshchilov2019", "I. Loshchilov, F. Hutter: Decoupled weight decay regularization. ICLR 2019; "
                        + "arXiv:1711.05101.");
    }
}
