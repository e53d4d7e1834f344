package org.equirepro.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.equirepro.tensor.LossOps.Reduction;
import org.equirepro.tensor.PictureOps.Padding;
import org.equirepro.tensor.PictureOps.Sampling;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every operator, called with one operand after another spoilt, gives a result or an IllegalArgumentException: never another
 * exception and never the process's end. A new operator states one good call in {@link #goodCalls}.
 */
final class OperatorRefusalTest {

    private static Torch torch;

    @BeforeAll
    static void start() {
        torch = Torch.start(1);
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    @Test
    void everyOperatorStatesAGoodCall() {
        try (NDManager scope = torch.scope()) {
            Set<String> without = new TreeSet<>(operators().keySet());
            without.removeAll(goodCalls(scope).keySet());
            assertEquals(Set.of(), without);
        }
    }

    @Test
    void goodCallsGiveAResult() throws Exception {
        try (NDManager scope = torch.scope()) {
            Map<String, Operator> operators = operators();
            for (Map.Entry<String, Object[]> call : goodCalls(scope).entrySet()) {
                assertEquals(null, refusal(operators.get(call.getKey()), call.getValue()), call.getKey());
            }
        }
    }

    @Test
    void spoiltOperandsAreRefusedByNameOrComputed() throws Exception {
        int refused = 0;
        int computed = 0;
        List<String> wrong = new ArrayList<>();
        Map<String, Operator> operators = operators();
        try (NDManager scope = torch.scope()) {
            for (Map.Entry<String, Object[]> call : goodCalls(scope).entrySet()) {
                for (int i = 0; i < call.getValue().length; i++) {
                    try (NDManager trial = scope.newSubManager()) {
                        for (Object spoilt : spoilt(trial, call.getValue()[i])) {
                            Object[] arguments = call.getValue().clone();
                            arguments[i] = spoilt;
                            Throwable thrown = refusal(operators.get(call.getKey()), arguments);
                            computed += thrown == null ? 1 : 0;
                            refused += thrown == null ? 0 : 1;
                            if (thrown != null && !(thrown instanceof IllegalArgumentException
                                    && thrown.getMessage().matches("(?s)[a-z0-9_]+\\(.*\\): .+"))) {
                                wrong.add(call.getKey() + " operand " + i + " as " + shown(spoilt) + ": " + thrown);
                            }
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(refused > 1000 && computed > 500, refused + " refused, " + computed + " computed");
    }

    private record Operator(Object face, Method method) {}

    /** Every public method that takes operands, by name and number of operands. */
    private static Map<String, Operator> operators() {
        Map<String, Operator> operators = new LinkedHashMap<>();
        Ops ops = torch.ops();
        for (Object face : List.of(ops, ops.pictures(), ops.losses(), ops.updates(), ops.arrays(), ops.classifiers())) {
            for (Method method : face.getClass().getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && method.getParameterCount() > 0) {
                    operators.put(method.getName() + "/" + method.getParameterCount(), new Operator(face, method));
                }
            }
        }
        return operators;
    }

    /** What the call throws, or null; a computed result's gradient is computed, too, so that its kernels meet the spoilt operands. */
    private static Throwable refusal(Operator operator, Object[] arguments) throws IllegalAccessException {
        try (GradMode off = GradMode.off()) {
            operator.method.invoke(operator.face, arguments);
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
        if (operator.face instanceof UpdateOps) {
            return null;
        }
        try (GradMode on = GradMode.on()) {
            Object result = operator.method.invoke(operator.face, Stream.of(arguments).map(OperatorRefusalTest::leaf).toArray());
            if (result instanceof NDArray y && y.getDataType().isFloating()) {
                Torch.backward(y, y.onesLike());
            }
        } catch (InvocationTargetException | EngineException e) {
            // not every operand has a gradient, and an empty result has none
        }
        return null;
    }

    private static Object leaf(Object operand) {
        if (operand instanceof NDArray array && array.getDataType().isFloating()) {
            NDArray leaf = array.stopGradient();
            leaf.setRequiresGradient(true);
            return leaf;
        }
        return operand;
    }

    private static Map<String, Object[]> goodCalls(NDManager m) {
        Map<String, Object[]> calls = new LinkedHashMap<>();
        NDArray x = reals(m, 3, 4);
        NDArray tokens = reals(m, 2, 5, 4);
        NDArray map = reals(m, 2, 4, 6, 6);
        NDArray picture = reals(m, 2, 3, 6, 6);
        NDArray four = reals(m, 4);
        NDArray square = reals(m, 4, 4);
        NDArray indices = Torch.longs(m, new long[] {2, 0, 1}, 3);
        NDArray places = Torch.longs(m, new long[] {2, 0, 1, 1, 0, 1}, 3, 2);
        calls.put("toFloat/1", of(x));
        calls.put("toBfloat16/1", of(x));
        calls.put("scale/2", of(x, 0.5));
        calls.put("linear/3", of(x, square, four));
        calls.put("layerNorm/4", of(x, four, four, 1e-6));
        calls.put("groupNorm/5", of(map, four, four, 2, 1e-6));
        calls.put("batchNorm/7", of(map, four, four, reals(m, 4), reals(m, 4), true, 0.1));
        calls.put("channelStatistics/2", of(map, four));
        calls.put("batchNormShared/8", of(map, four, four, reals(m, 2, 8), reals(m, 4), reals(m, 4), 144L, 0.1));
        calls.put("weightNorm/2", of(x, reals(m, 3, 1)));
        calls.put("relu/1", of(x));
        calls.put("sigmoid/1", of(x));
        calls.put("gelu/1", of(x));
        calls.put("conv2d/5", of(map, reals(m, 4, 4, 3, 3), four, 1, 1));
        calls.put("conv2d/7", of(map, reals(m, 4, 2, 3, 3), four, 1, 2, 2, 2));
        calls.put("convTranspose2d/5", of(map, reals(m, 4, 4, 2, 2), four, 2, 0));
        calls.put("maxPool2d/4", of(map, 2, 2, 0));
        calls.put("adaptiveAvgPool2d/3", of(map, 2, 3));
        calls.put("attention/4", of(reals(m, 2, 2, 3, 4), reals(m, 2, 2, 5, 4), reals(m, 2, 2, 5, 4), Precision.FLOAT32));
        calls.put("crossAttention/5", of(tokens, reals(m, 2, 3, 6),
                List.of(square, four, reals(m, 8, 6), reals(m, 8), square, four), 2, Precision.FLOAT32));
        calls.put("transformerBlock/5", of(tokens, List.of(four, four, reals(m, 12, 4), reals(m, 12), square, four, four, four,
                reals(m, 8, 4), reals(m, 8), reals(m, 4, 8), four, four, four), 2, 1e-6, Precision.FLOAT32));
        calls.put("attentionWeights/4", of(tokens, reals(m, 12, 4), reals(m, 12), 2));
        calls.put("patchEmbed/4", of(picture, reals(m, 4, 3, 2, 2), four, 2));
        calls.put("maskTokens/3", of(tokens, reals(m, 2, 5).gt(0), reals(m, 1, 4)));
        calls.put("prependCls/3", of(tokens, reals(m, 1, 1, 4), reals(m, 1, 6, 4)));

        calls.put("resizeNearest/3", of(map, 3, 8));
        calls.put("resizeBilinear/4", of(map, 3, 8, false));
        calls.put("resizeBilinearAntialias/4", of(map, 3, 8, false));
        calls.put("resizeBicubic/4", of(map, 3, 8, false));
        calls.put("resizeBicubic/5", of(map, 3, 8, 0.5, 1.3));
        calls.put("resizeBicubicAntialias/4", of(map, 3, 8, false));
        calls.put("gridSample/5", of(map, reals(m, 2, 3, 5, 2), Sampling.BILINEAR, Padding.ZEROS, false));
        calls.put("warp/3", of(map, reals(m, 2, 2, 3), Padding.BORDER));
        calls.put("pixelSums/6", of(List.of(map, reals(m, 2, 4, 3, 3)), new int[] {0, 89, 7}, new float[] {1, 2, 3},
                new int[] {0, 1}, 1, 2));
        calls.put("blur/2", of(picture, reals(m, 2, 3)));
        for (String colour : List.of("brightness", "contrast", "saturation", "hue")) {
            calls.put(colour + "/2", of(picture, reals(m, 2)));
        }
        calls.put("fromBytes/1", of(reals(m, 2, 6, 6, 3).toType(DataType.UINT8, false)));
        calls.put("normalise/3", of(picture, reals(m, 1, 3, 1, 1), reals(m, 1, 3, 1, 1)));

        calls.put("contiguous/1", of(x.transpose()));
        calls.put("pack/1", of(List.of(x, four)));
        calls.put("unpack/3", of(reals(m, 16), List.of(reals(m, 3, 4), reals(m, 4)), 0.5));

        calls.put("mse/2", of(x, x));
        calls.put("crossEntropy/3", of(x, indices, 0.1));
        calls.put("crossEntropy/5", of(x, indices, 0.1, 1L, Reduction.NONE));
        calls.put("softCrossEntropy/3", of(x, x, 0.1));
        calls.put("teacherProbabilities/3", of(x, reals(m, 1, 4), 0.1));
        calls.put("distilCrops/3", of(reals(m, 3, 2, 4), reals(m, 2, 2, 4), 0.1));
        calls.put("distilPatches/4", of(reals(m, 2, 1, 3, 4), reals(m, 2, 1, 3, 4), reals(m, 2, 1, 3), 0.1));
        calls.put("binaryCrossEntropy/3", of(x, x, Reduction.MEAN));
        calls.put("smoothL1/4", of(x, x, 0.1, Reduction.MEAN));
        calls.put("huber/4", of(x, x, 0.1, Reduction.SUM));
        calls.put("scaleInvariantLog/3", of(reals(m, 2, 3, 4), reals(m, 2, 3, 4), 0.85));
        calls.put("koleo/1", of(x));
        Consumer<NDArray> oneRank = mass -> { };
        calls.put("sinkhorn/4", of(x, 0.1, 3, oneRank));
        calls.put("hingeStd/1", of(x));
        calls.put("offDiagonalCovariance/1", of(x));
        calls.put("infoNce/3", of(x, x, 0.1));
        calls.put("featureStd/1", of(x));

        List<NDArray> pair = List.of(reals(m, 4), reals(m, 3, 4));
        List<NDArray> steps = List.of(reals(m), reals(m));
        calls.put("adamW/10", of(pair, copy(pair), copy(pair), copy(pair), steps, 1e-3, 0.1, 0.9, 0.999, 1e-8));
        calls.put("adam/10", of(pair, copy(pair), copy(pair), copy(pair), steps, 1e-3, 0.1, 0.9, 0.999, 1e-8));
        calls.put("sgd/8", of(pair, copy(pair), copy(pair), 1e-3, 0.1, 0.9, true, false));
        calls.put("lars/8", of(reals(m, 4), four, reals(m, 4), 1e-3, 0.1, 0.9, 1e-3, true));
        calls.put("ema/3", of(copy(pair), pair, 0.9));
        calls.put("clipEach/2", of(copy(pair), 1.0));
        calls.put("clipGlobal/2", of(copy(pair), 1.0));
        calls.put("globalNorm/1", of(pair));
        calls.put("unscale/3", of(copy(pair), reals(m, 1), reals(m, 1)));
        calls.put("zero/1", of(copy(pair)));
        calls.put("copyInto/2", of(reals(m, 4), four));

        calls.put("indexSelect/3", of(x, 0, indices));
        calls.put("indexAdd/4", of(x, 0, indices, x));
        calls.put("gather/3", of(x, 1, places));
        calls.put("scatter/4", of(x, 1, places, reals(m, 3, 2)));
        calls.put("scatterAdd/4", of(x, 1, places, reals(m, 3, 2)));
        calls.put("topIndices/4", of(x, 2, 1, true));
        calls.put("sortIndices/3", of(x, 1, true));
        calls.put("oneHot/2", of(indices, 4));
        calls.put("cumulativeSum/2", of(x, 1));
        calls.put("unitRows/2", of(x, 1e-12));
        calls.put("cosineSimilarity/2", of(x, x));

        NDArray logits = reals(m, 2, 4, 3);
        NDArray known = reals(m, 4, 3);
        calls.put("logits/3", of(x, reals(m, 8, 4), reals(m, 8, 1)));
        calls.put("classErrors/4", of(logits, new int[] {2, 0, 1}, reals(m, 2), 0.5));
        calls.put("binaryErrors/5", of(logits, known, known, reals(m, 2), 0.5));
        calls.put("addGradients/6", of(x, reals(m, 8, 3), reals(m, 8, 4), reals(m, 8, 1), 0.9, 0.5));
        calls.put("add/3", of(reals(m, 3, 4), x, 0.5));
        calls.put("addRows/4", of(reals(m, 3, 4), x, reals(m, 3, 1), 0.5));
        return calls;
    }

    private static Object[] of(Object... arguments) {
        return arguments;
    }

    private static List<NDArray> copy(List<NDArray> arrays) {
        return arrays.stream().map(NDArray::duplicate).toList();
    }

    /** Values between 0 and 1, different in neighbours. */
    private static NDArray reals(NDManager manager, long... shape) {
        float[] values = new float[(int) new Shape(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 7 + 3) % 11 / 11f;
        }
        return Torch.floats(manager, values, shape);
    }

    private static List<?> spoilt(NDManager manager, Object operand) {
        if (operand instanceof NDArray array) {
            return spoilt(manager, array);
        }
        if (operand instanceof List<?> list) {
            List<Object> lists = new ArrayList<>(List.of(List.of(), list.subList(1, list.size())));
            for (NDArray first : spoilt(manager, (NDArray) list.get(0))) {
                lists.add(Stream.concat(Stream.of(first), list.stream().skip(1)).toList());
            }
            return lists;
        }
        if (operand instanceof Integer) {
            return List.of(-7, -1, 0, 1, 5);
        }
        if (operand instanceof Long) {
            return List.of(-1L, 1_000_000L);
        }
        if (operand instanceof Double) {
            return List.of(-1.0, 0.0, 1e300, Double.NaN, Double.POSITIVE_INFINITY);
        }
        if (operand instanceof Boolean flag) {
            return List.of(!flag);
        }
        if (operand instanceof int[] numbers) {
            return List.of(new int[0], Arrays.copyOf(numbers, numbers.length + 1), Arrays.stream(numbers).map(i -> -i).toArray(),
                    Arrays.stream(numbers).map(i -> i + 1_000_000).toArray());
        }
        if (operand instanceof float[] numbers) {
            return List.of(new float[0], Arrays.copyOf(numbers, numbers.length + 1));
        }
        return operand instanceof Enum<?> word ? Arrays.asList(word.getDeclaringClass().getEnumConstants()) : List.of();
    }

    private static List<NDArray> spoilt(NDManager manager, NDArray good) {
        List<NDArray> arrays = new ArrayList<>();
        for (DataType type : List.of(DataType.FLOAT64, DataType.FLOAT16, DataType.UINT8, DataType.INT32, DataType.INT64, DataType.BOOLEAN)) {
            arrays.add(good.toType(type, true));
        }
        arrays.add(torch.ops().toBfloat16(good));
        arrays.add(good.flatten());
        arrays.add(good.expandDims(0));
        long[] shape = good.getShape().getShape();
        for (int i = 0; i < shape.length; i++) {
            for (long size : new long[] {0, 1, shape[i] + 1}) {
                long[] other = shape.clone();
                other[i] = size;
                arrays.add(manager.zeros(new Shape(other), good.getDataType()));
            }
        }
        arrays.add(manager.zeros(new Shape(0), good.getDataType()));
        arrays.add(manager.zeros(new Shape(), good.getDataType()));
        if (good.getDataType() == DataType.FLOAT32) {
            arrays.add(good.mul(Float.NaN));
            arrays.add(good.add(1e30f));
        } else if (good.getDataType() == DataType.INT64 || good.getDataType() == DataType.INT32) {
            arrays.add(good.add(1_000_000));
            arrays.add(good.sub(7));
        }
        arrays.forEach(array -> array.attach(manager));
        return arrays;
    }

    private static String shown(Object operand) {
        if (operand instanceof List<?> list) {
            return list.stream().map(OperatorRefusalTest::shown).toList().toString();
        }
        return operand instanceof NDArray array ? array.getDataType() + " " + array.getShape() : String.valueOf(operand);
    }
}
