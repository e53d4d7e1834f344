package org.equirepro.vision.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.DepthMap;

/**
 * Pictures with measured depth, as the lists name them that the field has shared since Lee et al. ("BTS", 2019) and that AdaBins,
 * ZoeDepth and Depth Anything read: a row is the path of a picture, the path of its depth map or {@code None}, and the focal length,
 * which is not used. Pictures without a map are left out, as they can be neither trained nor tested on. The maps are kept as they
 * are, in the member of their {@link DepthMap.Unit}.
 *
 * <p>NYU Depth v2 (Silberman et al. 2012): {@code nyudepthv2_train_files_with_gt.txt} for {@code sync/SCENE/rgb_00000.jpg} and
 * {@code sync_depth_00000.png}, {@code nyudepthv2_test_files_with_gt.txt} for the same below {@code official_splits/test}.
 *
 * <p>KITTI (Geiger et al. 2012; Uhrig et al. 2017) by the split of Eigen et al. (2014): {@code kitti_eigen_train_files_with_gt.txt} and
 * {@code kitti_eigen_test_files_with_gt.txt} for {@code DATE/DRIVE/image_02/data/0000000000.png} of the raw data and
 * {@code DRIVE/proj_depth/groundtruth/image_02/0000000000.png} of the annotated depth.
 *
 * <p>Keys of the configuration: {@code max_pictures}, {@code test_max_pictures}.
 */
final class DepthReader {

    private static final String NYU_FILE = "([^/]+/(?:rgb_[0-9]+\\.jpg|sync_depth_[0-9]+\\.png))";
    private static final String KITTI_DRIVE = "[0-9_]+_drive_[0-9]+_sync";

    private DepthReader() {}

    /** Takes the source over. */
    static Reader openNyu(Source source) {
        Part lists = source.part("(nyudepthv2_(?:train|test)_files_with_gt\\.txt)");
        Part train = source.part("sync/" + NYU_FILE, "sync\\.zip");
        Part test = source.part("official_splits/test/" + NYU_FILE);
        DenseReader reader = new DenseReader(source, List.of("scene"), DepthMap.Unit.MILLIMETRE.member());
        add(reader, source, "train", lists, "nyudepthv2_train_files_with_gt.txt", train, train);
        add(reader, source, "test", lists, "nyudepthv2_test_files_with_gt.txt", test, test);
        return reader;
    }

    /** Takes the source over. */
    static Reader openKitti(Source source) {
        Part lists = source.part("(kitti_eigen_(?:train|test)_files_with_gt\\.txt)");
        Part pictures = source.part("([0-9_]+/" + KITTI_DRIVE + "/image_02/data/[0-9]+\\.png)", KITTI_DRIVE + "\\.zip");
        Part maps = source.part("(" + KITTI_DRIVE + "/proj_depth/groundtruth/image_02/[0-9]+\\.png)", "data_depth_annotated\\.zip");
        DenseReader reader = new DenseReader(source, List.of("road"), DepthMap.Unit.KITTI.member());
        add(reader, source, "train", lists, "kitti_eigen_train_files_with_gt.txt", pictures, maps);
        add(reader, source, "test", lists, "kitti_eigen_test_files_with_gt.txt", pictures, maps);
        return reader;
    }

    private static void add(DenseReader reader, Source source, String split, Part lists, String list, Part pictures, Part maps) {
        Map<String, String> pairs = new TreeMap<>();
        for (String[] words : lists.words(list, 2)) {
            String picture = words[0].replaceFirst("^/", "");
            String depth = words[1].replaceFirst("^/", "");
            String other = depth.equals("None") ? null : pairs.put(picture, depth);
            if (other != null && !other.equals(depth)) {
                throw UserError.badData(lists.path(list), "has two depth maps for " + picture + ", " + other + " and " + depth);
            }
        }
        source.published().requireCount(source.path(), split, "pictures with depth", pairs.size());
        pairs.entrySet().removeIf(pair -> !(present(source, lists, list, pictures, pair.getKey())
                && present(source, lists, list, maps, pair.getValue())));
        pairs.entrySet().stream().limit(DenseReader.most(source.config(), split)).forEach(pair -> reader.add(pair.getKey(), split,
                () -> pictures.read(pair.getKey()), () -> maps.read(pair.getValue())));
    }

    /** A subset may lack files of the lists, the whole set may not. */
    private static boolean present(Source source, Part lists, String list, Part files, String name) {
        if (!files.has(name) && !source.subset()) {
            throw UserError.missing(files.path(name), "no such file, but " + lists.path(list) + " lists it; get it from "
                    + source.published().page() + ", or set subset: true to use what is there");
        }
        return files.has(name);
    }
}
