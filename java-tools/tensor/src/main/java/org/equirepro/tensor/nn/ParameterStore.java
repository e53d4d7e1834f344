package org.equirepro.tensor.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.equirepro.base.Draws;
import org.equirepro.base.UserError;
import org.equirepro.tensor.Torch;
import org.equirepro.tensor.io.SafeTensors;

/**
 * Named tensors of a network, float32 unless asked for float64, in the order in which they were made: parameters, which are
 * trained, and buffers (batch norm's running statistics), which are only saved. Names are timm's where timm has the layer.
 *
 * <p>Initial values come from (seed, name) alone, so adding a layer does not change the others.
 */
public final class ParameterStore {

    private final NDManager manager;
    private final long seed;
    private final boolean startValues;
    private final DataType type;
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private final Map<String, NDArray> buffers = new LinkedHashMap<>();

    /** Tensors belong to {@code manager}. */
    public ParameterStore(NDManager manager, long seed) {
        this(manager, seed, true, DataType.FLOAT32);
    }

    private ParameterStore(NDManager manager, long seed, boolean startValues, DataType type) {
        this.manager = manager;
        this.seed = seed;
        this.startValues = startValues;
        this.type = type;
    }

    /** A store whose tensors will be overwritten: drawn ones are zeros, since drawing those of a ViT-L takes seconds. */
    public static ParameterStore toBeLoaded(NDManager manager) {
        return new ParameterStore(manager, 0, false, DataType.FLOAT32);
    }

    /** A store of float64 tensors with the same start values, for checks of gradients. */
    public static ParameterStore inFloat64(NDManager manager, long seed) {
        return new ParameterStore(manager, seed, true, DataType.FLOAT64);
    }

    /**
     * A parameter from a normal distribution. With a small {@code std} this is timm's and iBOT's {@code trunc_normal_(std=std)} too:
     * that cuts at plus and minus 2 itself, not at two standard deviations.
     */
    public NDArray normal(String name, double std, long... shape) {
        return drawn(name, draws -> std * draws.gaussian(), shape);
    }

    /** A parameter uniform in plus or minus {@code bound}: PyTorch's default for linear and convolution is 1 / sqrt(fan in). */
    public NDArray uniform(String name, double bound, long... shape) {
        return drawn(name, draws -> draws.uniform(-bound, bound), shape);
    }

    private NDArray drawn(String name, ToDoubleFunction<Draws> value, long... shape) {
        float[] values = new float[size(shape)];
        if (startValues) {
            Draws draws = Draws.at(seed, name);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) value.applyAsDouble(draws);
            }
        }
        return parameter(name, values, shape);
    }

    /** A parameter with one value everywhere. */
    public NDArray constant(String name, float value, long... shape) {
        return parameter(name, filled(value, shape), shape);
    }

    /** A buffer with one value everywhere. */
    public NDArray buffer(String name, float value, long... shape) {
        NDArray array = array(filled(value, shape), shape);
        add(buffers, name, array);
        return array;
    }

    /** Zeros without a name: neither trained nor saved. */
    public NDArray zeros(long... shape) {
        return Torch.floats(manager, filled(0, shape), shape);
    }

    private NDArray parameter(String name, float[] values, long... shape) {
        NDArray array = array(values, shape);
        array.setRequiresGradient(true);
        add(parameters, name, array);
        return array;
    }

    private NDArray array(float[] values, long... shape) {
        NDArray array = Torch.floats(manager, values, shape);
        return type == DataType.FLOAT32 ? array : array.toType(type, false);
    }

    private void add(Map<String, NDArray> to, String name, NDArray array) {
        array.setName(name);
        if (parameters.containsKey(name) || buffers.containsKey(name)) {
            throw new IllegalArgumentException("two tensors named " + name);
        }
        to.put(name, array);
    }

    private static float[] filled(float value, long... shape) {
        float[] values = new float[size(shape)];
        java.util.Arrays.fill(values, value);
        return values;
    }

    private static int size(long... shape) {
        return Math.toIntExact(new Shape(shape).size());
    }

    /** The parameters by name, in the order in which they were made. */
    public Map<String, NDArray> parameters() {
        return parameters;
    }

    /** The buffers by name, in the order in which they were made. */
    public Map<String, NDArray> buffers() {
        return buffers;
    }

    /** The tensor of that name, parameter or buffer. */
    public NDArray get(String name) {
        NDArray array = parameters.getOrDefault(name, buffers.get(name));
        if (array == null) {
            throw new IllegalArgumentException("no tensor named " + name);
        }
        return array;
    }

    /** Number of trained values. */
    public long count() {
        return parameters.values().stream().mapToLong(p -> p.getShape().size()).sum();
    }

    /** Parameters and buffers as they are when they are written; {@code prefix} goes before each name. */
    public SortedMap<String, SafeTensors.Tensor> tensors(String prefix) {
        SortedMap<String, SafeTensors.Tensor> tensors = new TreeMap<>();
        for (Map<String, NDArray> arrays : List.of(parameters, buffers)) {
            arrays.forEach((name, array) -> tensors.put(prefix + name, SafeTensors.Tensor.of(array)));
        }
        return tensors;
    }

    /** Shape of every parameter and buffer by name, sorted. */
    public SortedMap<String, Shape> shapes() {
        SortedMap<String, Shape> shapes = new TreeMap<>();
        parameters.forEach((name, array) -> shapes.put(name, array.getShape()));
        buffers.forEach((name, array) -> shapes.put(name, array.getShape()));
        return shapes;
    }

    /**
     * Overwrites every parameter and buffer by the tensor of its name in {@code file}. Tensors of the file that do not begin
     * with {@code prefix} are not looked at.
     *
     * @throws UserError that lists every missing, misshapen and unexpected tensor
     */
    public void load(SafeTensors file, String prefix) {
        List<String> problems = new ArrayList<>();
        Map<String, NDArray> all = new TreeMap<>(parameters);
        all.putAll(buffers);
        for (String name : file.names()) {
            if (name.startsWith(prefix) && !all.containsKey(name.substring(prefix.length()))) {
                problems.add("unexpected " + name);
            }
        }
        all.forEach((name, array) -> {
            if (!file.has(prefix + name)) {
                problems.add("missing " + prefix + name);
            } else if (!new Shape(file.shape(prefix + name)).equals(array.getShape())) {
                problems.add(prefix + name + " is " + new Shape(file.shape(prefix + name)) + " instead of " + array.getShape());
            }
        });
        if (!problems.isEmpty()) {
            throw UserError.badData(file.file(), "does not fit the network: " + String.join("; ", problems));
        }
        all.forEach((name, array) -> overwrite(array, file, prefix + name));
    }

    /** Overwrites a float32 array by a tensor of the same shape. */
    public static void overwrite(NDArray array, SafeTensors file, String name) {
        boolean trained = array.hasGradient();
        array.setRequiresGradient(false);
        try {
            file.readInto(array, name);
        } finally {
            array.setRequiresGradient(trained);
        }
    }
}
