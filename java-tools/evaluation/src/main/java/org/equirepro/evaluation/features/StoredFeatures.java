package org.equirepro.evaluation.features;

import java.nio.FloatBuffer;
import java.util.List;

/** Features that lie in pieces of equal numbers of rows, the last one with what is left, each in a buffer of its own. */
final class StoredFeatures implements Features {

    private final int rows;
    private final int columns;
    private final int perPiece;
    private final List<FloatBuffer> pieces;

    StoredFeatures(int rows, int columns, int perPiece, List<FloatBuffer> pieces) {
        this.rows = rows;
        this.columns = columns;
        this.perPiece = perPiece;
        this.pieces = List.copyOf(pieces);
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void copy(int row, float[] into, int at) {
        pieces.get(row / perPiece).get(row % perPiece * columns, into, at, columns);
    }
}
