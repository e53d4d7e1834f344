package org.equirepro.evaluation.detection;

import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.models.detection.MaskRcnn;
import org.equirepro.models.detection.ProposalSelection;
import org.equirepro.vision.views.DetectionViews;

/** The sections {@code views}, {@code heads} and {@code regions} of a recipe of the kind {@code detect}; what is absent is usual. */
final class DetectionRecipe {

    private DetectionRecipe() {}

    /** Square views whose side fits into the coarsest map's cells. */
    static DetectionViews.Design views(Settings recipe, int patch) {
        Settings views = recipe.at("views");
        int side = views.integer("side");
        if (side % (4 * patch) != 0) {
            throw UserError.usage(views.source() + ": views.side must be a multiple of " + 4 * patch + ", four patches, found " + side);
        }
        double least = views.real("least_ratio", 0.1);
        double most = views.real("most_ratio", 2);
        if (!(least > 0 && least <= most)) {
            throw UserError.usage(views.source() + ": views.least_ratio must lie between 0 and views.most_ratio");
        }
        return new DetectionViews.Design(side, least, most, views.flag("mirrored", true));
    }

    static MaskRcnn.Design heads(Settings recipe, int classes) {
        Settings heads = recipe.at("heads");
        return new MaskRcnn.Design(classes, heads.integer("channels", 256), heads.integer("rpn_layers", 2), heads.integer("box_width", 1024),
                heads.integer("mask_width", 256), heads.integer("mask_layers", 4), heads.integer("keypoints", 0),
                heads.integer("keypoint_width", 512), heads.integer("keypoint_layers", 8));
    }

    static MaskRcnn.Rules rules(Settings recipe) {
        Settings regions = recipe.at("regions");
        return new MaskRcnn.Rules(
                proposals(regions.integer("train_per_map", 2000), regions.integer("train_proposals", 1000)),
                proposals(regions.integer("test_per_map", 1000), regions.integer("test_proposals", 1000)),
                regions.integer("train_anchors", 256), regions.integer("train_regions", 512), regions.real("score", 0.05),
                regions.integer("most", 100));
    }

    private static ProposalSelection proposals(int perMap, int all) {
        return new ProposalSelection(perMap, all, 0.7, 1e-3);
    }
}
