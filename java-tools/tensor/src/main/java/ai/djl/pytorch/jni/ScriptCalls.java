package ai.djl.pytorch.jni;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Calls methods of a TorchScript module with the gradient recorded. It lies in DJL's package because DJL's public way,
 * {@code IValueUtils}, runs in inference mode, whose results cannot enter a gradient; the native call behind it is visible
 * only from here (so the project runs from the class path, not the module path).
 *
 * <p>Any thread may call; each is switched to the plain graph executor on its first call.
 */
public final class ScriptCalls implements AutoCloseable {

    private final PtSymbolBlock block;
    private final long handle;
    private final ThreadLocal<Boolean> plainExecutor = ThreadLocal.withInitial(() -> {
        JniUtils.setGraphExecutorOptimize(false); // libtorch keeps this by thread; its optimiser compiles anew for every shape
        return true;
    });

    /** Loads the archive; {@code manager} keeps the module. */
    public ScriptCalls(NDManager manager, byte[] archive) {
        try {
            block = JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), true, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        handle = block.getHandle();
    }

    /** One tensor back; it belongs to {@code manager}. */
    public NDArray tensor(NDManager manager, String method, Object... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toTensor((PtNDManager) manager);
        }
    }

    /** Nothing back. */
    public void run(String method, Object... arguments) {
        call(method, arguments).close();
    }

    private IValue call(String method, Object... arguments) {
        plainExecutor.get();
        IValue[] values = new IValue[arguments.length];
        long[] handles = new long[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = value(arguments[i]);
                handles[i] = values[i].getHandle();
            }
            return new IValue(PyTorchLibrary.LIB.moduleRunMethod(handle, method, handles, true, false));
        } finally {
            for (IValue value : values) {
                if (value != null) {
                    value.close();
                }
            }
        }
    }

    private static IValue value(Object argument) {
        if (argument instanceof NDArray array) {
            return IValue.from((PtNDArray) array);
        }
        if (argument instanceof List<?> list) {
            return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
        }
        if (argument instanceof Double number) {
            return IValue.from(number.doubleValue());
        }
        if (argument instanceof Integer number) {
            return IValue.from(number.longValue());
        }
        if (argument instanceof Long number) {
            return IValue.from(number.longValue());
        }
        if (argument instanceof Boolean flag) {
            return IValue.from(flag.booleanValue());
        }
        throw new IllegalArgumentException("no TorchScript value for " + argument);
    }

    @Override
    public void close() {
        block.close();
    }
}
