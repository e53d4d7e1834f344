package org.equirepro.evaluation.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class RetrievalTest {

    /** Two objects with two views each, along and across the first axis; the second view of the second object is longer. */
    private static final float[] VIEWS = {1, 0, 0, 1, 1, 0, 3, 1};

    @Test
    void aPerfectPredictorFindsEveryView() {
        Retrieval retrieval = new Retrieval(VIEWS, VIEWS, 2, 2, true);
        assertArrayEquals(new int[] {1, 1, 1, 1}, retrieval.ranks());
        assertEquals(1, retrieval.meanReciprocalRank());
        assertEquals(1, retrieval.hitsAt(1));
    }

    @Test
    void withoutNormalisationALongEmbeddingWins() {
        Retrieval retrieval = new Retrieval(VIEWS, VIEWS, 2, 2, false);
        assertArrayEquals(new int[] {1, 1, 2, 1}, retrieval.ranks());
        assertEquals(0.875, retrieval.meanReciprocalRank());
        assertEquals(0.75, retrieval.hitsAt(1));
        assertEquals(1, retrieval.hitsAt(2));
    }

    @Test
    void viewsOfOtherObjectsAreNotCandidatesAndTheFirstOfEqualOnesWins() {
        Retrieval retrieval = new Retrieval(new float[] {1, 1, 9, 9}, new float[] {1, 1, 1, 1}, 1, 2, false);
        assertArrayEquals(new int[] {1, 2, 1, 2}, retrieval.ranks());
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Retrieval(VIEWS, VIEWS, 2, 3, true));
        assertThrows(IllegalArgumentException.class, () -> new Retrieval(VIEWS, new float[4], 2, 2, true));
    }
}
