package org.equirepro.evaluation.coco;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.equirepro.vision.dense.Instance;
import org.equirepro.vision.dense.PictureObjects;

/** Collects one category picture by picture and then reads its curves. */
final class CategoryScore {

    /** The detections of a picture that count at most, by falling score, with what became of them for each size. */
    private record Scored(List<Detection> detections, List<Matching> bySize) {}

    /** A detection by the number of its picture and its rank there. */
    private record Place(int picture, int rank, double score) {}

    private final IouType type;
    private final Overlaps overlaps;
    private final double[] thresholds = CocoEvaluation.thresholds();
    private final List<Scored> pictures = new ArrayList<>();

    CategoryScore(IouType type, Overlaps overlaps) {
        this.type = type;
        this.overlaps = overlaps;
    }

    void add(PictureObjects picture, List<Instance> objects, List<Detection> found) {
        int most = type.limits().get(type.limits().size() - 1);
        List<Detection> detections = found.stream().sorted(CocoEvaluation.byScore()).limit(most).toList();
        double[][] overlap = overlaps.of(detections, objects, picture);
        double[] areas = detections.stream().mapToDouble(d -> d.area(picture.height(), picture.width())).toArray();
        int n = objects.size();
        boolean[] crowd = new boolean[n];
        boolean[] nameless = new boolean[n];
        for (int g = 0; g < n; g++) {
            crowd[g] = objects.get(g).crowd();
            nameless[g] = objects.get(g).id() == 0;
        }
        List<Matching> bySize = new ArrayList<>();
        for (IouType.Area size : type.areas()) {
            boolean[] leftOut = new boolean[n];
            for (int g = 0; g < n; g++) {
                boolean unmarked = type == IouType.KEYPOINTS && objects.get(g).labelledKeypoints() == 0;
                leftOut[g] = crowd[g] || unmarked || size.outside(objects.get(g).area());
            }
            boolean[] outside = new boolean[areas.length];
            for (int d = 0; d < areas.length; d++) {
                outside[d] = size.outside(areas[d]);
            }
            bySize.add(Matching.of(overlap, new Matching.Objects(crowd, leftOut, nameless), outside, thresholds));
        }
        pictures.add(new Scored(detections, bySize));
    }

    /** [sizes][limits][thresholds]; null for a size without objects. */
    PrecisionCurve[][][] curves() {
        List<Place> places = new ArrayList<>();
        for (int p = 0; p < pictures.size(); p++) {
            List<Detection> detections = pictures.get(p).detections;
            for (int rank = 0; rank < detections.size(); rank++) {
                places.add(new Place(p, rank, detections.get(rank).score()));
            }
        }
        places.sort((a, b) -> Double.compare(b.score, a.score));
        PrecisionCurve[][][] curves = new PrecisionCurve[type.areas().size()][type.limits().size()][];
        for (int size = 0; size < curves.length; size++) {
            int a = size;
            int objects = pictures.stream().mapToInt(picture -> picture.bySize.get(a).objects()).sum();
            for (int limit = 0; limit < curves[size].length && objects > 0; limit++) {
                int most = type.limits().get(limit);
                curves[size][limit] = curves(places.stream().filter(place -> place.rank < most).toList(), size, objects);
            }
        }
        return curves;
    }

    private PrecisionCurve[] curves(List<Place> places, int size, int objects) {
        int[] hits = new int[places.size()];
        int[] ignored = new int[places.size()];
        for (int i = 0; i < hits.length; i++) {
            Matching matching = pictures.get(places.get(i).picture).bySize.get(size);
            hits[i] = matching.hits()[places.get(i).rank];
            ignored[i] = matching.ignored()[places.get(i).rank];
        }
        return IntStream.range(0, thresholds.length).mapToObj(t -> PrecisionCurve.of(hits, ignored, t, objects))
                .toArray(PrecisionCurve[]::new);
    }
}
