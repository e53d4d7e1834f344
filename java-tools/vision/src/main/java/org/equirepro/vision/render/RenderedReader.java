package org.equirepro.vision.render;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.vision.data.Reader;
import org.equirepro.vision.data.Sample;

/**
 * A data set that is drawn instead of read; see {@link RenderPlan} for its settings. {@code render-3d} gives samples as 3DIEBench
 * does: key {@code SYNSET/OBJECT/image_N.jpg}, group {@code SYNSET/OBJECT}, N as view and {@link Latents#COUNT} latents.
 * {@code render-pictures} gives pictures with classes, key {@code SYNSET/OBJECT.jpg}. The pictures are JPEG files, drawn when
 * {@link Sample#bytes()} is asked, on the thread that asks.
 */
public final class RenderedReader implements Reader {

    private final RenderPlan plan;
    private final RenderPool pool;

    private RenderedReader(RenderPlan plan) {
        this.plan = plan;
        this.pool = new RenderPool(() -> new Renderer(plan.size(), plan.samples()));
    }

    /** The reader of a {@code render-3d} or {@code render-pictures} section. */
    public static RenderedReader of(Settings settings) {
        return new RenderedReader(RenderPlan.of(settings));
    }

    /** Our synset ids for {@code render-3d}, as 3DIEBench has; names for {@code render-pictures}. */
    @Override
    public List<String> classes() {
        return classStream().map(solid -> plan.pictures() ? solid.words() : solid.synset()).toList();
    }

    @Override
    public int latents() {
        return plan.pictures() ? 0 : Latents.COUNT;
    }

    @Override
    public Iterator<Sample> samples() {
        return Stream.of("train", "test")
                .flatMap(split -> plan.objects(split).stream().flatMap(object -> samples(split, object).stream())).iterator();
    }

    @Override
    public Map<String, String> provenance() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("source", "drawn by this program from parametric solids; the eight-digit class ids are its own, not WordNet's");
        classStream().forEach(solid -> facts.put("class " + solid.synset(), solid.words()));
        return facts;
    }

    private Stream<SolidClass> classStream() {
        return Stream.of(SolidClass.values()).limit(plan.classes());
    }

    private List<Sample> samples(String split, SolidObject object) {
        String folder = object.solid().synset() + "/" + object.id();
        int label = object.solid().ordinal();
        if (plan.pictures()) {
            return List.of(Sample.of(folder + ".jpg", split, label, () -> pool.jpeg(PictureScenes.of(object))));
        }
        List<Sample> views = new ArrayList<>();
        for (int view : viewsInOrderOfKeys(plan.views())) {
            views.add(new Sample(folder + "/image_" + view + ".jpg", split, label, folder, view, object.latents(view).values(),
                    () -> pool.jpeg(object.scene(view))));
        }
        return views;
    }

    /** 0, 1, 10, 11, ..., 2, 20, ...: the order of the file names. */
    private static List<Integer> viewsInOrderOfKeys(int views) {
        return IntStream.range(0, views).boxed().sorted(Comparator.comparing(String::valueOf)).toList();
    }
}
