package org.equirepro.tensor.io;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.io.Pickle.Dict;
import org.equirepro.tensor.io.Pickle.Global;
import org.equirepro.tensor.io.Pickle.Opaque;
import org.equirepro.tensor.io.Pickle.Sequence;
import org.equirepro.tensor.io.PickleMachine.PickleException;

/** The functions that PyTorch's checkpoints need, from torch/_utils.py and torch/serialization.py; all others are opaque. */
final class TorchValues implements PickleMachine.Calls {

    private static final Map<String, SafeTensors.Type> STORAGES = Map.of(
            "FloatStorage", SafeTensors.Type.F32, "DoubleStorage", SafeTensors.Type.F64, "HalfStorage", SafeTensors.Type.F16,
            "BFloat16Storage", SafeTensors.Type.BF16, "LongStorage", SafeTensors.Type.I64, "IntStorage", SafeTensors.Type.I32,
            "ShortStorage", SafeTensors.Type.I16, "CharStorage", SafeTensors.Type.I8, "ByteStorage", SafeTensors.Type.U8,
            "BoolStorage", SafeTensors.Type.BOOL);
    private static final int MAX_DIMENSIONS = 64;

    /**
     * A storage that the pickle names.
     *
     * @param key under which its bytes lie
     * @param offset in elements, for a view of a storage (before PyTorch 0.4)
     */
    record Storage(String key, SafeTensors.Type type, long offset, long count) {}

    /** A tensor: a view of a storage, in elements. */
    record View(Storage storage, long offset, long[] shape, long[] stride) {}

    /** Every whole storage by its key. */
    private final Map<String, Storage> storages = new HashMap<>();

    Map<String, Storage> storages() {
        return storages;
    }

    @Override
    public Object call(Global function, List<Object> a) throws PickleException {
        return switch (function.name()) {
            case "collections.OrderedDict" -> orderedDict(a);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> view(function, a);
            case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
                a.isEmpty() ? new Opaque(function.name()) : a.get(0);
            case "torch._tensor._rebuild_from_type_v2" -> a.size() >= 3 && a.get(0) instanceof Global inner
                    && a.get(2) instanceof Sequence arguments && !inner.equals(function)
                    ? call(inner, arguments.items()) : new Opaque(function.name());
            default -> new Opaque(function.name());
        };
    }

    private static Object orderedDict(List<Object> arguments) throws PickleException {
        Dict dict = new Dict();
        if (!arguments.isEmpty() && arguments.get(0) instanceof Sequence pairs) {
            for (Object pair : pairs.items()) {
                if (!(pair instanceof Sequence two) || two.items().size() != 2) {
                    throw new PickleException("an OrderedDict of other things than pairs");
                }
                dict.items().put(two.items().get(0), two.items().get(1));
            }
        }
        return dict;
    }

    private static Object view(Global function, List<Object> a) throws PickleException {
        if (a.size() < 4 || !(a.get(0) instanceof Storage storage) || !(a.get(1) instanceof Long offset)) {
            return new Opaque(function.name() + " of an unknown storage");
        }
        long[] shape = numbers(a.get(2));
        long[] stride = numbers(a.get(3));
        if (shape.length != stride.length || offset < 0) {
            throw new PickleException("a tensor of " + shape.length + " dimensions with " + stride.length + " strides");
        }
        return new View(storage, offset, shape, stride);
    }

    private static long[] numbers(Object sequence) throws PickleException {
        if (!(sequence instanceof Sequence s) || s.items().size() > MAX_DIMENSIONS) {
            throw new PickleException("a tensor's shape or stride is no tuple of at most " + MAX_DIMENSIONS);
        }
        long[] values = new long[s.items().size()];
        for (int i = 0; i < values.length; i++) {
            if (!(s.items().get(i) instanceof Long value) || value < 0) {
                throw new PickleException("a tensor's shape or stride has " + s.items().get(i));
            }
            values[i] = value;
        }
        return values;
    }

    /** {@code ('storage', class, key, device, count[, view])}; the view is {@code (key, offset, count)}. */
    @Override
    public Object persistent(Object id) throws PickleException {
        if (!(id instanceof Sequence tuple) || tuple.items().size() < 5 || !tuple.items().get(0).equals("storage")) {
            return new Opaque("a persistent object");
        }
        List<Object> items = tuple.items();
        String name = items.get(1) instanceof Global global ? global.name().replaceFirst("^torch\\.(cuda\\.)?", "") : "";
        SafeTensors.Type type = STORAGES.get(name);
        if (type == null || !(items.get(2) instanceof String key) || !(items.get(4) instanceof Long count) || count < 0) {
            return new Opaque("a storage of " + items.get(1));
        }
        Storage whole = new Storage(key, type, 0, count);
        Storage before = storages.putIfAbsent(key, whole);
        if (before != null && !before.equals(whole)) {
            throw new PickleException("storage " + key + " is named twice, as " + before + " and " + whole);
        }
        if (items.size() > 5 && items.get(5) instanceof Sequence view) {
            List<Object> v = view.items();
            if (v.size() != 3 || !(v.get(1) instanceof Long offset) || !(v.get(2) instanceof Long part) || offset < 0 || part < 0) {
                throw new PickleException("storage " + key + " has a damaged view");
            }
            return new Storage(key, type, offset, part);
        }
        return whole;
    }
}
