package org.equirepro.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.ScriptCalls;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Calls operators by name; what libtorch refuses becomes an exception that names the operator and its operands. */
final class CheckedCalls {

    private final ScriptCalls script;

    CheckedCalls(ScriptCalls script) {
        this.script = script;
    }

    /** One tensor back, on the manager of the first operand (of the first tensor, if that is a list). */
    NDArray tensor(String operator, Object... arguments) {
        try {
            return script.tensor(manager(operator, arguments), operator, arguments);
        } catch (EngineException e) {
            throw refused(operator, arguments, e);
        }
    }

    /** Nothing back. */
    void run(String operator, Object... arguments) {
        try {
            script.run(operator, arguments);
        } catch (EngineException e) {
            throw refused(operator, arguments, e);
        }
    }

    /** Refuses the call unless {@code holds}. */
    void require(boolean holds, String operator, String rule, Object... operands) {
        if (!holds) {
            throw new IllegalArgumentException(operator + "(" + describe(operands) + "): " + rule);
        }
    }

    /** For operators where libtorch would stretch one operand to the other's shape. */
    void sameShape(String operator, NDArray x, NDArray y) {
        require(x.getShape().equals(y.getShape()), operator, "shapes must be equal", x, y);
    }

    private static NDManager manager(String operator, Object[] arguments) {
        Object first = arguments[0] instanceof List<?> list && !list.isEmpty() ? list.get(0) : arguments[0];
        if (first instanceof NDArray array) {
            return array.getManager();
        }
        throw new IllegalArgumentException(operator + "(" + describe(arguments) + "): no tensor to work on");
    }

    private static IllegalArgumentException refused(String operator, Object[] arguments, EngineException cause) {
        String reason = cause.getMessage() == null ? "" : cause.getMessage().lines()
                .filter(line -> line.startsWith("RuntimeError") || line.contains("Error:")).reduce((a, b) -> b).orElse(cause.getMessage());
        return new IllegalArgumentException(operator + "(" + describe(arguments) + "): " + reason, cause);
    }

    private static String describe(Object[] arguments) {
        return Stream.of(arguments).map(CheckedCalls::describe).collect(Collectors.joining(", "));
    }

    private static String describe(Object argument) {
        if (argument instanceof NDArray array) {
            // DJL has no name for bfloat16, the only one of its unknown types that is made here
            String type = array.getDataType() == DataType.UNKNOWN ? "bfloat16" : array.getDataType().toString();
            return type + " " + array.getShape();
        }
        return argument instanceof List<?> list ? list.size() + " tensors" : String.valueOf(argument);
    }
}
