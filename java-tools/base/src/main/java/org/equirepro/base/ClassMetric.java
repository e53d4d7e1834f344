package org.equirepro.base;

/** The measure in which the literature states a data set's accuracies (Kornblith et al., CVPR 2019, table 1). */
public enum ClassMetric {
    /** The share of the pictures that are answered rightly. */
    TOP1("top1"),
    /** The mean over the classes of the share of each. */
    MEAN_PER_CLASS("mean_per_class"),
    /** The mean over the classes of the average precision at eleven recalls, where a picture may show several. */
    MAP11("map11");

    private final String word;

    ClassMetric(String word) {
        this.word = word;
    }

    /** The measure of a {@code kind} of data set, as studies name them. */
    public static ClassMetric of(String kind) {
        return switch (kind) {
            case "fgvc-aircraft", "oxford-pets", "flowers102", "caltech101" -> MEAN_PER_CLASS;
            case "voc2007" -> MAP11;
            default -> TOP1;
        };
    }

    /** Its name in results. */
    public String word() {
        return word;
    }
}
