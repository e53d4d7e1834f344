package org.equirepro.models;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.models.VisionTransformer.PositionResampling;

/**
 * How a family of published checkpoints names what {@link VisionTransformer} and {@link ResNet18} name as timm does, and what
 * its files hold besides the backbone.
 */
public enum CheckpointLayout {

    /** bytedance/ibot and facebookresearch/dino. */
    IBOT("head\\..*|masked_embed", PositionResampling.DINO_OFFSET),
    /** facebookresearch/dinov2, training states and the files of its hub. */
    DINOV2("(head|dino_head|ibot_head)\\..*|mask_token", PositionResampling.DINO_OFFSET),
    /** timm's vision_transformer and resnet, torchvision's resnet. */
    TIMM("(head|fc)\\..*|.*\\.num_batches_tracked", PositionResampling.SIZE_ANTIALIAS),
    /** facebookresearch/mae: the encoder, whose final norm is kept. */
    MAE("(head|decoder_[a-z_]+)\\..*|mask_token|decoder_pos_embed", PositionResampling.SIZE);

    /** DINOv2 may keep its blocks in chunks: {@code blocks.CHUNK.BLOCK}, where BLOCK counts through. */
    private static final Pattern CHUNKED = Pattern.compile("blocks\\.\\d+\\.(\\d+\\..+)");

    private final Pattern ignored;
    private final PositionResampling positions;

    CheckpointLayout(String ignored, PositionResampling positions) {
        this.ignored = Pattern.compile(ignored);
        this.positions = positions;
    }

    /**
     * The layout that a backbone's names show.
     *
     * @param names without the prefix before them
     */
    static CheckpointLayout of(Set<String> names, String prefix) {
        if (names.stream().anyMatch(n -> n.startsWith("decoder_"))) {
            return MAE;
        }
        if (names.contains("mask_token") || names.contains("register_tokens") || names.stream().anyMatch(n -> CHUNKED.matcher(n).matches())) {
            return DINOV2;
        }
        boolean ibot = prefix.endsWith("backbone.") || names.contains("masked_embed")
                || names.stream().anyMatch(n -> n.endsWith(".gamma_1"));
        return ibot ? IBOT : TIMM;
    }

    /** True for heads, decoders and mask tokens: no part of a backbone. */
    boolean ignores(String name) {
        return ignored.matcher(name).matches();
    }

    /** Our name. */
    String rename(String name) {
        Matcher chunked = CHUNKED.matcher(name);
        String plain = this == DINOV2 && chunked.matches() ? "blocks." + chunked.group(1) : name;
        return this == IBOT ? plain.replaceFirst("\\.gamma_([12])$", ".ls$1.gamma") : plain;
    }

    /** How the family resamples positions for pictures of another size. */
    PositionResampling positions() {
        return positions;
    }
}
