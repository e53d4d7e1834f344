package org.equirepro.models;

import ai.djl.ndarray.NDArray;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.Layers;
import org.equirepro.tensor.nn.ParameterStore;

/**
 * iBOT's head over class and patch tokens (Zhou et al. 2022, section 3.2): one MLP for both, with one set of prototypes
 * ({@code shared_head}) or a second one for patches, {@code last_layer2}.
 */
public final class IbotHead {

    /** @param cls [B, out]; {@code patches} [B, N, patchOut] */
    public record Logits(NDArray cls, NDArray patches) {}

    private final DinoHead head;
    private final Layers.Layer patchPrototypes;

    /** With one set of prototypes for all tokens. */
    public IbotHead(ParameterStore store, Ops ops, String prefix, DinoHead.Design design) {
        head = new DinoHead(store, ops, prefix, design);
        patchPrototypes = head::logits;
    }

    /** With {@code patchOut} prototypes of the patches' own. */
    public IbotHead(ParameterStore store, Ops ops, String prefix, DinoHead.Design design, int patchOut) {
        head = new DinoHead(store, ops, prefix, design);
        patchPrototypes = Layers.weightNormed(store, ops, prefix + "last_layer2", design.bottleneck(), patchOut, design.fixedLength());
    }

    /** Class tokens alone, [B, in] to [B, out]: crops without masked patches need no more. */
    public NDArray cls(NDArray tokens) {
        return head.forward(tokens);
    }

    /** All tokens of a backbone, [B, 1 + N, in], class token first. */
    public Logits forward(NDArray tokens) {
        NDArray embedded = head.embed(tokens); // [B, 1 + N, bottleneck]
        return new Logits(head.logits(embedded.get(":, 0")), patchPrototypes.apply(embedded.get(":, 1:")));
    }
}
