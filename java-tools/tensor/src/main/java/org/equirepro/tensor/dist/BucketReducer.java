package org.equirepro.tensor.dist;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.Ops;
import org.equirepro.tensor.nn.GradientListener;

/**
 * Replaces every parameter's gradient by its mean over ranks. Gradients travel in buckets, filled from the last parameter to the
 * first, as backward makes them (Li et al. 2020, PyTorch Distributed, section 3.2). A bucket starts as soon as it and all before it
 * are ready, so it overlaps the rest of the backward pass; which parameters lie in which bucket never depends on timing, so neither
 * do the bits. Without a word from the backward pass {@link #finish} does everything at the end.
 */
public final class BucketReducer implements GradientListener {

    private static final class Bucket {
        private final List<NDArray> parameters = new ArrayList<>();
        private long bytes;
        private int waiting;
        private List<NDArray> gradients = List.of();
        private NDArray packed;
        private ProcessGroup.Work work;
    }

    private final Ops ops;
    private final ProcessGroup group;
    private final List<Bucket> buckets = new ArrayList<>();
    private final Map<NDArray, Bucket> bucketOf = new IdentityHashMap<>();
    private NDManager scope;
    private int started;

    /** @param parameters in the order in which forward uses them, the same on every rank */
    public BucketReducer(Ops ops, ProcessGroup group, Collection<NDArray> parameters, long bucketBytes) {
        this.ops = ops;
        this.group = group;
        List<NDArray> order = List.copyOf(parameters);
        Bucket bucket = null;
        for (int i = order.size() - 1; i >= 0; i--) {
            NDArray parameter = order.get(i);
            if (bucket == null || bucket.bytes >= bucketBytes) {
                bucket = new Bucket();
                buckets.add(bucket);
            }
            bucket.parameters.add(parameter);
            bucket.bytes += parameter.size() * parameter.getDataType().getNumOfBytes();
            bucket.waiting++;
            bucketOf.put(parameter, bucket);
        }
    }

    /** How many buckets there are. */
    public int buckets() {
        return buckets.size();
    }

    @Override
    public void ready(List<NDArray> parameters) {
        if (group.size() == 1) {
            return;
        }
        for (NDArray parameter : parameters) {
            bucketOf.get(parameter).waiting--;
        }
        while (started < buckets.size() && buckets.get(started).waiting == 0) {
            start(buckets.get(started++));
        }
    }

    private void start(Bucket bucket) {
        if (scope == null) {
            scope = bucket.parameters.get(0).getManager().newSubManager();
        }
        bucket.gradients = new ArrayList<>();
        for (NDArray parameter : bucket.parameters) {
            NDArray gradient = JniUtils.getGradient((PtNDArray) parameter);
            if (gradient != null) { // null on every rank alike: the loss does not depend on it
                gradient.attach(scope);
                bucket.gradients.add(gradient);
            }
        }
        if (!bucket.gradients.isEmpty()) {
            bucket.packed = ops.arrays().pack(bucket.gradients);
            bucket.work = group.startSum(bucket.packed);
        }
    }

    /** After backward: sends what is left, waits, and writes the means over the gradients. */
    public void finish() {
        if (group.size() == 1) {
            return;
        }
        while (started < buckets.size()) {
            start(buckets.get(started++));
        }
        for (Bucket bucket : buckets) {
            if (bucket.work != null) {
                bucket.work.await();
                ops.updates().unpack(bucket.packed, bucket.gradients, 1.0 / group.size());
            }
            bucket.work = null;
            bucket.packed = null;
            bucket.gradients = List.of();
            bucket.waiting = bucket.parameters.size();
        }
        started = 0;
        if (scope != null) {
            scope.close();
            scope = null;
        }
    }
}
