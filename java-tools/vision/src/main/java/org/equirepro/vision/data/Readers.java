package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.render.RenderedReader;
import org.equirepro.vision.render.RenderedVideos;
import org.equirepro.vision.render.ScenePlan;
import org.equirepro.vision.render.SceneReader;

/** The reader for a configuration's {@code kind}. */
public final class Readers {

    private interface Opener {
        Reader open(Source source) throws IOException;
    }

    private static final Map<String, Opener> PUBLISHED = Map.ofEntries(
            Map.entry("3diebench", ThreeDieBenchReader::open),
            Map.entry("ade20k", AdeReader::open),
            Map.entry("caltech101", CaltechReader::open),
            Map.entry("cifar10", CifarReader::open10),
            Map.entry("cifar100", CifarReader::open100),
            Map.entry("coco", CocoReader::open),
            Map.entry("davis2017", VideoReader::openDavis),
            Map.entry("dtd", TexturesReader::open),
            Map.entry("fgvc-aircraft", AircraftReader::open),
            Map.entry("flowers102", FlowersReader::open),
            Map.entry("food101", FoodReader::open),
            Map.entry("imagefolder", ImageFolderReader::open),
            Map.entry("imagenet", ImageNetReader::open),
            Map.entry("inaturalist2018", INaturalistReader::open),
            Map.entry("kitti-eigen", DepthReader::openKitti),
            Map.entry("mpii", MpiiReader::open),
            Map.entry("nyu-depth-v2", DepthReader::openNyu),
            Map.entry("oxford-pets", PetsReader::open),
            Map.entry("places365", PlacesReader::open),
            Map.entry("stanford-cars", CarsReader::open),
            Map.entry("sun397", SunReader::open),
            Map.entry("vip", VideoReader::openVip),
            Map.entry("voc2007", VocReader::open));
    private static final List<String> DRAWN = List.of("render-3d", "render-pictures", ScenePlan.KIND, RenderedVideos.KIND);

    private Readers() {}

    /** Names of all kinds, sorted. */
    public static List<String> kinds() {
        return Stream.concat(PUBLISHED.keySet().stream(), DRAWN.stream()).sorted().toList();
    }

    /**
     * Opens a data set in its own form.
     *
     * @param source folder or archive; null for kinds that are drawn
     * @param spool an existing folder for what must be unpacked first
     * @throws UserError for a wrong configuration (usage), a missing source, bad data
     */
    public static Reader open(Settings config, Path source, Path spool) throws IOException {
        String kind = config.text("kind");
        if (DRAWN.contains(kind)) {
            return rendered(config, source);
        }
        if (!PUBLISHED.containsKey(kind)) {
            throw UserError.usage(config.source() + ": kind must be one of " + String.join(", ", kinds()) + ", found " + kind);
        }
        return read(config, source, spool, PUBLISHED.get(kind));
    }

    private static Reader rendered(Settings config, Path source) {
        if (source != null) {
            throw UserError.usage(config.source() + ": kind " + config.text("kind") + " draws its pictures and takes no source");
        }
        return switch (config.text("kind")) {
            case ScenePlan.KIND -> SceneReader.of(config);
            case RenderedVideos.KIND -> RenderedVideos.of(config);
            default -> RenderedReader.of(config);
        };
    }

    private static Reader read(Settings config, Path source, Path spool, Opener opener) throws IOException {
        if (source == null) {
            throw UserError.usage(config.source() + ": kind " + config.text("kind") + " needs a source (--source)");
        }
        Source opened = Source.open(config, source, spool);
        boolean done = false;
        try {
            Reader reader = opener.open(opened);
            done = true;
            return reader;
        } catch (IOException e) {
            throw UserError.badData(source, "cannot be read: " + e.getMessage(), e);
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }
}
