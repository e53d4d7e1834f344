package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.nio.file.Path;
import org.equirepro.base.UserError;
import org.junit.jupiter.api.Test;

final class DeviceTest {

    @Test
    void aCpuLibtorchRefusesAGpuAndSaysWhatToFetch() {
        UserError e = assertThrows(UserError.class, () -> Torch.start(1, Device.gpu()));
        assertTrue(e.getMessage().contains("computes on CPUs only") && e.getMessage().contains("--device gpu"), e.getMessage());
    }

    @Test
    void everySymbolThatIsCalledPastDjlIsThere() {
        try (Torch torch = Torch.start(1)) {
            assertEquals(Device.cpu(), torch.device());
            for (NativeSymbol symbol : NativeSymbol.values()) {
                symbol.function();
            }
        }
        assertTrue(Cuda.in(Path.of(System.getenv("PYTORCH_LIBRARY_PATH"))).isEmpty());
    }
}
