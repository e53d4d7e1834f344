package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.Ops;

/**
 * A teacher whose parameters are a moving average of a student's (He et al. 2020, MoCo, eq. 2). The momentum is given at every
 * update, from a schedule. The teacher's values are saved with its own store, so there is no state here.
 *
 * <p>The student may have more tensors than the teacher (iBOT's mask token); all of the teacher's must be the student's too.
 */
public final class Ema {

    /** What becomes of the teacher's buffers (batch norm's running statistics). */
    public enum Buffers {
        /** The teacher keeps its own, from its own batches (DINO, iBOT). */
        OWN,
        /** They become the student's at each update (BYOL, timm). */
        COPIED
    }

    private final Ops ops;
    private final List<NDArray> teacher = new ArrayList<>();
    private final List<NDArray> student = new ArrayList<>();
    private final List<NDArray> teacherBuffers = new ArrayList<>();
    private final List<NDArray> studentBuffers = new ArrayList<>();
    private final Buffers buffers;

    /** Ties both by name and stops the teacher's parameters from being trained. */
    public Ema(Ops ops, ParameterStore teacher, ParameterStore student, Buffers buffers) {
        this.ops = ops;
        this.buffers = buffers;
        tie(teacher.parameters(), student.parameters(), this.teacher, this.student);
        tie(teacher.buffers(), student.buffers(), teacherBuffers, studentBuffers);
        this.teacher.forEach(p -> p.setRequiresGradient(false));
    }

    private static void tie(Map<String, NDArray> teacher, Map<String, NDArray> student, List<NDArray> targets, List<NDArray> sources) {
        teacher.forEach((name, target) -> {
            NDArray source = student.get(name);
            if (source == null || !source.getShape().equals(target.getShape())) {
                throw new IllegalArgumentException("the teacher's " + name + " " + target.getShape() + " is not the student's: "
                        + (source == null ? "absent" : source.getShape()));
            }
            targets.add(target);
            sources.add(source);
        });
    }

    /** The start: parameters and buffers become the student's. Gradient mode must be off. */
    public void copy() {
        copy(teacher, student);
        copy(teacherBuffers, studentBuffers);
    }

    private void copy(List<NDArray> targets, List<NDArray> sources) {
        for (int i = 0; i < targets.size(); i++) {
            ops.updates().copyInto(targets.get(i), sources.get(i));
        }
    }

    /** teacher = momentum * teacher + (1 - momentum) * student. Gradient mode must be off. */
    public void update(double momentum) {
        ops.updates().ema(teacher, student, momentum);
        if (buffers == Buffers.COPIED) {
            copy(teacherBuffers, studentBuffers);
        }
    }
}
