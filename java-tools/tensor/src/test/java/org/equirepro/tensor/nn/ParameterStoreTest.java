package org.equirepro.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ParameterStoreTest {

    @Test
    void startValuesComeFromSeedAndNameAlone() {
        try (Torch torch = Torch.start(1)) {
            ParameterStore one = new ParameterStore(torch.root(), 7);
            float[] w = one.normal("w", 0.02, 40, 50).toFloatArray();
            ParameterStore two = new ParameterStore(torch.root(), 7);
            two.uniform("before", 1, 3);
            assertArrayEquals(w, two.normal("w", 0.02, 40, 50).toFloatArray());
            double square = 0;
            for (float v : w) {
                square += v * v;
            }
            assertEquals(0.02, Math.sqrt(square / w.length), 0.0005);
        }
    }

    @Test
    void allMisfitsAreListed(@TempDir Path folder) {
        try (Torch torch = Torch.start(1)) {
            TreeMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
            tensors.put("a", SafeTensors.Tensor.of(new float[] {1, 2}, 2));
            tensors.put("extra", SafeTensors.Tensor.of(new float[] {1}, 1));
            Path file = folder.resolve("m.safetensors");
            SafeTensors.write(file, tensors, new TreeMap<>());
            ParameterStore store = new ParameterStore(torch.root(), 0);
            store.constant("a", 0, 3);
            store.constant("b", 0, 1);
            UserError e = assertThrows(UserError.class, () -> store.load(SafeTensors.open(file), ""));
            assertTrue(e.getMessage().contains("unexpected extra") && e.getMessage().contains("missing b")
                    && e.getMessage().contains("a is (2) instead of (3)"), e.getMessage());
        }
    }
}
