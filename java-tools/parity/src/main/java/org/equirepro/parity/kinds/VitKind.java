package org.equirepro.parity.kinds;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Locale;
import org.equirepro.base.Settings;
import org.equirepro.models.VisionTransformer;
import org.equirepro.models.VisionTransformer.PositionResampling;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.GradMode;
import org.equirepro.tensor.Precision;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.tensor.nn.ParameterStore;

/** Outputs, intermediate values and gradients of a ViT with given weights; resampled position embeddings. */
public final class VitKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) throws Exception {
        try (Torch torch = Torch.start(1)) {
            if (reference.params().has("targets")) {
                positions(torch, reference, check);
            } else {
                network(torch, reference, check);
            }
        }
    }

    private static void positions(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        NDArray learnt = array(torch.root(), tensors, "in.pos_embed");
        for (String name : tensors.names()) {
            if (!name.startsWith("out.")) {
                continue;
            }
            String[] parts = name.split("\\.");
            String[] target = parts[2].split("x");
            NDArray got = VisionTransformer.positions(torch.ops(), learnt, Integer.parseInt(target[0]), Integer.parseInt(target[1]),
                    PositionResampling.valueOf(parts[1].toUpperCase(Locale.ROOT)));
            check.close(name, got.get(":, 1:").toFloatArray(), tensors.floats(name), reference.tolerance().real("rtol"),
                    reference.tolerance().real("atol"));
        }
    }

    private static void network(Torch torch, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        double rtol = reference.tolerance().real("rtol");
        double atol = reference.tolerance().real("atol");
        ParameterStore store = new ParameterStore(torch.root(), 0);
        VisionTransformer vit = new VisionTransformer(store, torch.ops(), new VisionTransformer.Size(
                params.integer("img_size_native"), params.integer("patch"), params.integer("dim"), params.integer("depth"),
                params.integer("heads")), variant(params));
        if (tensors.has("w.masked_embed")) {
            vit.withMaskToken(store);
        }
        store.parameters().forEach((name, p) -> ParameterStore.overwrite(p, tensors, "w." + theirs(name, tensors)));
        NDManager m = torch.root();
        NDArray image = array(m, tensors, "in.image");
        image.setRequiresGradient(true);
        NDArray mask = tensors.has("in.mask")
                ? array(m, tensors, "in.mask").toType(DataType.BOOLEAN, false).reshape(image.getShape().get(0), -1) : null;
        int blocks = tensors.has("out.last_n_cls_concat")
                ? (int) (tensors.shape("out.last_n_cls_concat")[1] / params.integer("dim")) : 1;
        try (GradMode on = GradMode.on()) {
            List<NDArray> outputs = vit.intermediate(image, mask, blocks, Precision.FLOAT32);
            NDArray tokens = outputs.get(outputs.size() - 1);
            check.close("out.tokens", tokens.toFloatArray(), tensors.floats("out.tokens"), rtol, atol);
            check.close("out.cls", tokens.get(":, 0").toFloatArray(), tensors.floats("out.cls"), rtol, atol);
            check.close("out.patches", tokens.get(":, 1:").toFloatArray(), tensors.floats("out.patches"), rtol, atol);
            if (tensors.has("out.last_n_cls_concat")) {
                NDArray concat = outputs.get(0).get(":, 0");
                for (NDArray output : outputs.subList(1, outputs.size())) {
                    concat = concat.concat(output.get(":, 0"), 1);
                }
                check.close("out.last_n_cls_concat", concat.toFloatArray(), tensors.floats("out.last_n_cls_concat"), rtol, atol);
            }
            if (tensors.has("out.avgpool_patches_last")) {
                check.close("out.avgpool_patches_last", tokens.get(":, 1:").mean(new int[] {1}).toFloatArray(),
                        tensors.floats("out.avgpool_patches_last"), rtol, atol);
            }
            NDArray loss = tokens.mul(array(m, tensors, "in.coef")).sum();
            check.close("loss", loss.getFloat(), reference.expected().real("loss"), 1e-4, 1e-4);
            Torch.backward(loss);
        }
        intermediates(torch, vit, image, mask, reference, check, rtol, atol);
        gradients(store, image, reference, check);
    }

    private static VisionTransformer.Variant variant(Settings params) {
        String resampling = params.text("pos_interp", "scale_factor");
        PositionResampling how = resampling.contains("scale_factor") ? PositionResampling.DINO_OFFSET
                : resampling.contains("antialias") && !resampling.contains("no antialias") ? PositionResampling.SIZE_ANTIALIAS
                : PositionResampling.SIZE;
        return new VisionTransformer.Variant(params.real("mlp_ratio", 4), params.real("ln_eps", 1e-6), params.flag("qkv_bias", true),
                params.real("layer_scale_init", Double.NaN), how);
    }

    /** iBOT names LayerScale's factors otherwise than timm does. */
    private static String theirs(String name, SafeTensors tensors) {
        return tensors.has("w." + name) ? name : name.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2");
    }

    private static void intermediates(Torch torch, VisionTransformer vit, NDArray image, NDArray mask, ReferenceCase reference,
            Check check, double rtol, double atol) {
        SafeTensors tensors = reference.tensors();
        if (tensors.has("mid.patch_embed")) {
            check.close("mid.patch_embed", vit.patchTokens(image).toFloatArray(), tensors.floats("mid.patch_embed"), rtol, atol);
        }
        if (tensors.has("mid.pos_embed_used")) {
            int patch = reference.params().integer("patch");
            NDArray pos = VisionTransformer.positions(torch.ops(), array(torch.root(), tensors, "w.pos_embed"),
                    (int) image.getShape().get(2) / patch, (int) image.getShape().get(3) / patch, variant(reference.params()).resampling());
            check.close("mid.pos_embed_used", pos.toFloatArray(), tensors.floats("mid.pos_embed_used"), rtol, atol);
        }
        if (tensors.has("mid.after_block0")) {
            check.close("mid.after_block0", vit.block(0, vit.embed(image, mask), Precision.FLOAT32).toFloatArray(),
                    tensors.floats("mid.after_block0"), rtol, atol);
        }
        if (tensors.has("mid.last_attention")) {
            check.close("mid.last_attention", vit.lastAttention(image).toFloatArray(), tensors.floats("mid.last_attention"), rtol, atol);
        }
    }

    /** The largest error over the largest absolute value of each gradient. */
    private static void gradients(ParameterStore store, NDArray image, ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double limit = reference.tolerance().real("grad_max_error_over_max_abs");
        for (String name : tensors.names()) {
            if (!name.startsWith("grad.")) {
                continue;
            }
            float[] expected = tensors.floats(name);
            NDArray got;
            if (name.equals("grad.image_b0")) {
                long[] shape = tensors.shape(name);
                got = image.getGradient().get("0, :, 0:" + shape[1] + ", 0:" + shape[2]);
            } else {
                String ours = name.substring("grad.".length()).replace("gamma_1", "ls1.gamma").replace("gamma_2", "ls2.gamma");
                got = store.get(ours).getGradient();
            }
            double largest = 0;
            for (float v : expected) {
                largest = Math.max(largest, Math.abs(v));
            }
            check.close(name, got.toFloatArray(), expected, 0, limit * largest);
        }
    }

    private static NDArray array(NDManager manager, SafeTensors tensors, String name) {
        return Torch.floats(manager, tensors.floats(name), tensors.shape(name));
    }
}
