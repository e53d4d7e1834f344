package org.equirepro.vision.data;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.equirepro.base.UserError;

/**
 * Videos with a label map beside every frame, one group each; the published validation videos become the split {@code test}, the only
 * one.
 *
 * <p>DAVIS 2017 (Pont-Tuset et al.) at 480p: {@code JPEGImages/480p/VIDEO/00000.jpg}, {@code Annotations/480p/VIDEO/00000.png}, whose
 * numbers are those of the video's objects from 1, and {@code ImageSets/2017/val.txt}; or {@code DAVIS-2017-trainval-480p.zip}.
 *
 * <p>VIP (Zhou et al. 2018), persons by 19 parts and the background: {@code Images/videosN/*.jpg}, {@code Category_ids/videosN/*.png} and
 * {@code lists/val_videos.txt}, or {@code VIP_Fine.zip}.
 *
 * <p>Key of the configuration: {@code max_videos}, the first by name.
 */
final class VideoReader {

    private static final List<String> OBJECTS = List.of("background", "object");
    private static final List<String> PARTS = List.of("background", "hat", "hair", "sun-glasses", "upper-clothes", "dress", "coat",
            "socks", "pants", "gloves", "scarf", "skirt", "torso-skin", "face", "right-arm", "left-arm", "right-leg", "left-leg", "right-shoe",
            "left-shoe");

    private VideoReader() {}

    /** Takes the source over. */
    static Reader openDavis(Source source) {
        String archive = "DAVIS-2017-trainval-480p\\.zip";
        return open(source, OBJECTS, source.part("ImageSets/2017/(val\\.txt)", archive),
                source.part("JPEGImages/480p/([^/]+/[0-9]+)\\.jpg", archive), source.part("Annotations/480p/([^/]+/[0-9]+)\\.png", archive));
    }

    /** Takes the source over. */
    static Reader openVip(Source source) {
        String archive = "VIP_Fine\\.zip";
        source.published().requireClasses(source.path(), PARTS.size());
        return open(source, PARTS, source.part("lists/(val_videos\\.txt)", archive), source.part("Images/([^/]+/[0-9]+)\\.jpg", archive),
                source.part("Category_ids/([^/]+/[0-9]+)\\.png", archive));
    }

    private static Reader open(Source source, List<String> classes, Part lists, Part frames, Part maps) {
        String list = lists.names().get(0);
        List<String> named = lists.words(list, 1).stream().map(words -> words[0].replaceFirst(".*/", "")).distinct()
                .sorted(Comparator.comparing(video -> video + "/")).toList(); // in the order of the keys
        source.published().requireCount(source.path(), "test", "videos", named.size());
        DenseReader reader = new DenseReader(source, classes, "png");
        int most = source.config().integer("max_videos", Integer.MAX_VALUE);
        if (most < 1) {
            throw UserError.usage(source.config().source() + ": max_videos must be at least 1");
        }
        named.stream().filter(video -> present(source, lists.path(list), frames, video)).limit(most)
                .forEach(video -> add(reader, frames, maps, video));
        return reader;
    }

    /** A subset may lack videos of the list, the whole set may not. */
    private static boolean present(Source source, Path list, Part frames, String video) {
        boolean there = frames.names().stream().anyMatch(name -> name.startsWith(video + "/"));
        if (!there && !source.subset()) {
            throw UserError.missing(source.path(), "has no frames of " + video + ", but " + list + " lists it; get them from "
                    + source.published().page() + ", or set subset: true to use what is there");
        }
        return there;
    }

    private static void add(DenseReader reader, Part frames, Part maps, String video) {
        int view = 0;
        for (String name : frames.names()) {
            if (!name.startsWith(video + "/")) {
                continue;
            }
            if (!maps.has(name)) {
                throw UserError.missing(maps.path(name + ".png"), "no such label map, but its frame " + frames.path(name) + " is there");
            }
            reader.add(name + ".jpg", "test", video, view++, () -> frames.read(name), () -> maps.read(name));
        }
    }
}
