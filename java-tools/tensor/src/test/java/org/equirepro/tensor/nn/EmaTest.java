package org.equirepro.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDManager;
import org.equirepro.tensor.Torch;
import org.junit.jupiter.api.Test;

final class EmaTest {

    private static ParameterStore network(NDManager manager, float value) {
        ParameterStore store = new ParameterStore(manager, 0);
        store.constant("w", value, 2);
        store.buffer("running_mean", 10 * value, 1);
        return store;
    }

    @Test
    void parametersAreAveragedAndBuffersAreTheirOwnOrCopied() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            for (Ema.Buffers buffers : Ema.Buffers.values()) {
                ParameterStore teacher = network(scope, 1);
                ParameterStore student = network(scope, 5);
                student.constant("masked_embed", 0, 1);
                Ema ema = new Ema(torch.ops(), teacher, student, buffers);
                ema.update(0.75);
                assertArrayEquals(new float[] {2, 2}, teacher.get("w").toFloatArray());
                assertArrayEquals(new float[] {buffers == Ema.Buffers.COPIED ? 50 : 10}, teacher.get("running_mean").toFloatArray());
                ema.copy();
                assertArrayEquals(new float[] {5, 5}, teacher.get("w").toFloatArray());
                assertArrayEquals(new float[] {50}, teacher.get("running_mean").toFloatArray());
                assertFalse(teacher.get("w").hasGradient());
            }
        }
    }

    @Test
    void aTeacherThatIsNotLikeItsStudentIsRefused() {
        try (Torch torch = Torch.start(1); NDManager scope = torch.scope()) {
            ParameterStore teacher = network(scope, 1);
            teacher.constant("more", 0, 1);
            assertThrows(IllegalArgumentException.class, () -> new Ema(torch.ops(), teacher, network(scope, 1), Ema.Buffers.OWN));
        }
    }
}
