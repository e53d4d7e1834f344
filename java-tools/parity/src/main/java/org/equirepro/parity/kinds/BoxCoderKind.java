package org.equirepro.parity.kinds;

import org.equirepro.models.detection.BoxCodec;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** Offsets of boxes from anchors, there and back. */
public final class BoxCoderKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        double[] w = reference.params().reals("weights");
        double rtol = reference.tolerance().real("rtol");
        double atol = reference.tolerance().real("atol");
        BoxCodec codec = new BoxCodec(w[0], w[1], w[2], w[3], reference.params().real("bbox_xform_clip"));
        float[] anchors = tensors.floats("in.anchors");
        float[] deltas = tensors.floats("in.deltas");
        float[] encoded = codec.encode(anchors, tensors.floats("in.gt"));
        check.close("out.encoded", encoded, tensors.floats("out.encoded"), rtol, atol);
        check.close("out.roundtrip", codec.decode(anchors, encoded, 1), tensors.floats("out.roundtrip"), rtol, atol);
        check.close("out.decoded", codec.decode(anchors, deltas, deltas.length / anchors.length), tensors.floats("out.decoded"), rtol, atol);
    }
}
