package org.equirepro.parity.kinds;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;
import org.equirepro.vision.image.Augment;
import org.equirepro.vision.image.Box;
import org.equirepro.vision.image.FloatPicture;
import org.equirepro.vision.image.FloatTransforms;
import org.equirepro.vision.image.Geometry;
import org.equirepro.vision.image.NearestResize;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.Resampling;

/**
 * Every picture transform by the name of its array: {@code pil.*} on bytes, {@code tensor.*} on floats, {@code tensor_u8.*}
 * floats rounded to bytes, {@code out.*_nearest} label maps. An array whose name is not understood is a failure.
 */
public final class TransformsKind implements ParityKind {

    private static final String NUMBER = "(-?[0-9.]+(?:e-?[0-9]+)?)";
    private static final String INT = "(-?[0-9]+)";
    /** ImageNet's mean and deviation, for the normalised picture; a case may name others. */
    private static final double[] MEAN = {0.485, 0.456, 0.406};
    private static final double[] STD = {0.229, 0.224, 0.225};

    /** What a case needs to know besides the picture. */
    private record Context(ReferenceCase reference, Picture picture, FloatPicture floats) {

        Settings params() {
            return reference.params();
        }

        long[] shape(String array) {
            return reference.tensors().shape(array);
        }
    }

    /** Arguments after the groups of the pattern: the array's name comes as the group 0. */
    private final Map<Pattern, BiFunction<Context, MatchResult, Picture>> onBytes = new HashMap<>();
    private final Map<Pattern, BiFunction<Context, MatchResult, FloatPicture>> onFloats = new HashMap<>();

    public TransformsKind() {
        bytes("pil\\.(bilinear|nearest)(_expand)?(?:_fill" + INT + ")?\\." + NUMBER, (c, m) -> Geometry.rotate(c.picture,
                real(m, 4), m.group(1).equals("bilinear"), m.group(2) != null, m.group(3) == null ? 0 : whole(m, 3)));
        bytes("pil\\.translate\\." + NUMBER + "_" + NUMBER, (c, m) -> pilAffine(c, 0, real(m, 1), real(m, 2), 1, 0, 0));
        bytes("pil\\.affine\\." + six(), (c, m) -> pilAffine(c, real(m, 1), real(m, 2), real(m, 3), real(m, 4), real(m, 5),
                real(m, 6)));
        bytes("pil\\.gaussianblur\\." + NUMBER, (c, m) -> inPlace(c, p ->
                Augment.gaussianBlur(p.rgb(), p.width(), p.height(), real(m, 1))));
        bytes("pil\\.solarize" + INT, (c, m) -> inPlace(c, p -> Augment.solarize(p.rgb(), whole(m, 1))));
        bytes("pil\\.grayscale3?", (c, m) -> inPlace(c, p -> Augment.grayscale(p.rgb())));
        bytes("pil\\.hflip", (c, m) -> inPlace(c, p -> Augment.flip(p.rgb(), p.width(), p.height())));
        bytes("pil\\.(brightness|contrast|saturation|hue)\\." + NUMBER, (c, m) -> inPlace(c, p ->
                colour(p, m.group(1), real(m, 2))));
        bytes("pil\\.jitter\\.([0-3]+)", (c, m) -> inPlace(c, p -> eachOf(c, m.group(1), (op, factor) -> colour(p, op, factor))));
        bytes("pil\\.(bilinear|bicubic)\\." + box() + "_to" + INT,
                (c, m) -> filter(m.group(1)).crop(c.picture, box(m, 2), whole(m, 6), whole(m, 6)));
        bytes("pil\\.eval_resize" + INT + "_center" + INT, (c, m) -> eval(c, whole(m, 1), whole(m, 2)));
        bytes("pil\\.resize_short" + INT + "_(bilinear|bicubic)",
                (c, m) -> Geometry.resizeShort(c.picture, whole(m, 1), filter(m.group(2))));
        bytes("pil\\.nearest_resize_" + INT + "x" + INT, (c, m) -> NearestResize.PILLOW.resize(c.picture, whole(m, 2),
                whole(m, 1)));
        bytes("pil\\.center_crop_larger", (c, m) -> Geometry.centreCrop(c.picture, (int) c.shape(m.group())[1],
                (int) c.shape(m.group())[0]));

        floats("tensor\\.(bilinear|nearest)\\." + NUMBER, (c, m) -> FloatTransforms.rotate(c.floats, real(m, 2),
                m.group(1).equals("bilinear")));
        floats("tensor\\.translate\\." + NUMBER + "_" + NUMBER,
                (c, m) -> FloatTransforms.affine(c.floats, 0, real(m, 1), real(m, 2), 1, 0, 0, true));
        floats("tensor\\.affine\\." + six(), (c, m) -> FloatTransforms.affine(c.floats, real(m, 1), real(m, 2), real(m, 3),
                real(m, 4), real(m, 5), real(m, 6), true));
        floats("tensor\\.gaussian_blur\\.k" + INT + "_s" + NUMBER, (c, m) -> FloatTransforms.gaussianBlur(c.floats, whole(m, 1),
                real(m, 2)));
        floats("tensor\\.grayscale3?", (c, m) -> FloatTransforms.grayscale(c.floats));
        floats("tensor\\.hflip", (c, m) -> FloatTransforms.flip(c.floats));
        floats("tensor\\.solarize" + NUMBER, (c, m) -> FloatTransforms.solarize(c.floats, real(m, 1)));
        floats("tensor\\.(brightness|contrast|saturation|hue)\\." + NUMBER, (c, m) -> colour(c.floats, m.group(1), real(m, 2)));
        floats("tensor\\.jitter\\.([0-3]+)", (c, m) -> {
            FloatPicture[] picture = {c.floats};
            eachOf(c, m.group(1), (op, factor) -> picture[0] = colour(picture[0], op, factor));
            return picture[0];
        });
        floats("tensor\\.(bilinear|bicubic)_antialias\\." + box() + "_to" + INT, (c, m) -> FloatTransforms.resize(
                FloatTransforms.crop(c.floats, box(m, 2)), filter(m.group(1)), whole(m, 6), whole(m, 6)));
        floats("tensor\\.eval_normalized", (c, m) -> normalised(c));
    }

    private void bytes(String pattern, BiFunction<Context, MatchResult, Picture> make) {
        onBytes.put(Pattern.compile(pattern), make);
    }

    private void floats(String pattern, BiFunction<Context, MatchResult, FloatPicture> make) {
        onFloats.put(Pattern.compile(pattern), make);
    }

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        if (tensors.has("in.mask")) {
            labels(tensors, check);
            return;
        }
        Picture picture = picture(tensors, "in.rgb");
        Context context = new Context(reference, picture, FloatPicture.of(picture));
        for (String name : tensors.names()) {
            if (name.startsWith("in.")) {
                continue;
            }
            if (name.startsWith("pil.")) {
                make(onBytes, context, name, check, (actual, n) -> compare(context, n, actual, check));
            } else if (name.startsWith("tensor.")) {
                make(onFloats, context, name, check, (actual, n) -> check.close(n, actual.values(), tensors.floats(n), 0,
                        reference.tolerance().real("tensor_atol")));
            } else if (name.startsWith("tensor_u8.")) {
                make(onFloats, context, name.replace("tensor_u8.", "tensor."), check, (actual, n) -> rounded(context, name,
                        actual, check));
            } else {
                check.that(name + ": no such transform is known", false);
            }
        }
    }

    private static <P> void make(Map<Pattern, BiFunction<Context, MatchResult, P>> makers, Context context, String name,
            Check check, java.util.function.BiConsumer<P, String> then) {
        for (Map.Entry<Pattern, BiFunction<Context, MatchResult, P>> maker : makers.entrySet()) {
            Matcher m = maker.getKey().matcher(name);
            if (m.matches()) {
                then.accept(maker.getValue().apply(context, m), name);
                return;
            }
        }
        check.that(name + ": no such transform is known", false);
    }

    /** Bytes may differ by a few levels, and only a small share of them at all. */
    private static void compare(Context context, String name, Picture actual, Check check) {
        long[] shape = context.shape(name);
        if (shape[0] != actual.height() || shape[1] != actual.width()) {
            check.that(name + ": " + actual.height() + " x " + actual.width() + ", expected " + shape[0] + " x " + shape[1],
                    false);
            return;
        }
        compare(context, name, actual.rgb(), check);
    }

    private static void compare(Context context, String name, byte[] actual, Check check) {
        Settings tolerance = context.reference.tolerance();
        boolean hue = name.contains("hue") || name.contains("jitter");
        int levels = hue ? tolerance.integer("pil_hue_atol_levels", tolerance.integer("pil_atol_levels"))
                : tolerance.integer("pil_atol_levels");
        ByteBuffer expected = context.reference.tensors().bytes(name);
        int worst = 0;
        int differing = 0;
        for (byte value : actual) {
            int difference = Math.abs((value & 0xFF) - (expected.get() & 0xFF));
            worst = Math.max(worst, difference);
            differing += difference > 0 ? 1 : 0;
        }
        check.that(name + ": differs by up to " + worst + " levels, " + differing + " of " + actual.length + " values",
                worst <= levels && differing <= tolerance.real("pil_mismatch_fraction") * actual.length);
    }

    private static void rounded(Context context, String name, FloatPicture actual, Check check) {
        byte[] bytes = new byte[actual.values().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.rint(actual.values()[i] * 255.0);
        }
        compare(context, name, bytes, check);
    }

    private static void labels(SafeTensors tensors, Check check) {
        long[] from = tensors.shape("in.mask");
        byte[] mask = array(tensors, "in.mask");
        Map<String, NearestResize> ways = Map.of("out.pil_nearest", NearestResize.PILLOW, "out.cv2_nearest", NearestResize.OPENCV,
                "out.torch_nearest", NearestResize.TORCH);
        for (String name : tensors.names()) {
            if (name.startsWith("out.")) {
                long[] to = tensors.shape(name);
                check.that(name, ways.containsKey(name) && java.util.Arrays.equals(array(tensors, name),
                        ways.get(name).resize(mask, (int) from[1], (int) from[0], 1, (int) to[1], (int) to[0])));
            }
        }
    }

    private static Picture picture(SafeTensors tensors, String name) {
        long[] shape = tensors.shape(name);
        return new Picture((int) shape[1], (int) shape[0], array(tensors, name));
    }

    private static byte[] array(SafeTensors tensors, String name) {
        ByteBuffer buffer = tensors.bytes(name);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static Picture inPlace(Context context, java.util.function.Consumer<Picture> change) {
        Picture copy = new Picture(context.picture.width(), context.picture.height(), context.picture.rgb().clone());
        change.accept(copy);
        return copy;
    }

    private static void colour(Picture picture, String operation, double factor) {
        switch (operation) {
            case "brightness" -> Augment.brightness(picture.rgb(), factor);
            case "contrast" -> Augment.contrast(picture.rgb(), factor);
            case "saturation" -> Augment.saturation(picture.rgb(), factor);
            default -> Augment.hue(picture.rgb(), factor);
        }
    }

    private static FloatPicture colour(FloatPicture picture, String operation, double factor) {
        return switch (operation) {
            case "brightness" -> FloatTransforms.brightness(picture, factor);
            case "contrast" -> FloatTransforms.contrast(picture, factor);
            case "saturation" -> FloatTransforms.saturation(picture, factor);
            default -> FloatTransforms.hue(picture, factor);
        };
    }

    private static void eachOf(Context context, String order, java.util.function.BiConsumer<String, Double> apply) {
        String[] names = {"brightness", "contrast", "saturation", "hue"};
        for (char digit : order.toCharArray()) {
            String name = names[digit - '0'];
            apply.accept(name, context.params().at("sequence_factors").real(name));
        }
    }

    private static Picture pilAffine(Context c, double angle, double tx, double ty, double scale, double shearX, double shearY) {
        double[] matrix = Geometry.inverseAffine(c.picture.width() * 0.5, c.picture.height() * 0.5, angle, tx, ty, scale, shearX,
                shearY);
        return Geometry.affine(c.picture, matrix, c.picture.width(), c.picture.height(), true, 0);
    }

    private static Picture eval(Context context, int shortSide, int size) {
        return Geometry.centreCrop(Geometry.resizeShort(context.picture, shortSide, Resampling.BICUBIC), size, size);
    }

    /** The evaluation crop of the same case, as floats. */
    private static FloatPicture normalised(Context context) {
        for (String name : context.reference.tensors().names()) {
            Matcher m = Pattern.compile("pil\\.eval_resize" + INT + "_center" + INT).matcher(name);
            if (m.matches()) {
                Settings params = context.params();
                return FloatPicture.of(eval(context, whole(m, 1), whole(m, 2))).normalised(
                        params.has("mean") ? params.reals("mean") : MEAN, params.has("std") ? params.reals("std") : STD);
            }
        }
        throw new IllegalStateException("the case has no evaluation crop to normalise");
    }

    private static Resampling filter(String name) {
        return Resampling.valueOf(name.toUpperCase(java.util.Locale.ROOT));
    }

    private static String six() {
        return String.join("_", java.util.Collections.nCopies(6, NUMBER));
    }

    private static String box() {
        return String.join("_", java.util.Collections.nCopies(4, INT));
    }

    private static Box box(MatchResult m, int group) {
        return new Box(whole(m, group), whole(m, group + 1), whole(m, group + 2), whole(m, group + 3));
    }

    private static double real(MatchResult m, int group) {
        return Double.parseDouble(m.group(group));
    }

    private static int whole(MatchResult m, int group) {
        return Integer.parseInt(m.group(group));
    }
}
