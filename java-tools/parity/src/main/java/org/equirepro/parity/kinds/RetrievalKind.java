package org.equirepro.parity.kinds;

import java.util.Arrays;
import org.equirepro.base.Settings;
import org.equirepro.evaluation.metrics.Retrieval;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** SIE's mean reciprocal rank and H@k over the views of each object. */
public final class RetrievalKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        Retrieval retrieval = new Retrieval(tensors.floats("in.embeddings"), tensors.floats("in.predictions"),
                (int) tensors.shape("in.embeddings")[1], params.integer("views"), params.flag("normalised", false));
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        for (String key : reference.expected().keys()) {
            double value = key.startsWith("H@") ? retrieval.hitsAt(Integer.parseInt(key.substring(2))) : meanReciprocalRank(retrieval, key);
            check.close(key, value, reference.expected().real(key), rtol, atol);
        }
        if (tensors.has("out.ranks")) {
            check.that("ranks", Arrays.equals(retrieval.ranks(), ClsMetricsKind.ints(tensors.longs("out.ranks"))));
        }
    }

    private static double meanReciprocalRank(Retrieval retrieval, String key) {
        if (!key.equals("MRR")) {
            throw new IllegalArgumentException("no check for the expected value " + key);
        }
        return retrieval.meanReciprocalRank();
    }
}
