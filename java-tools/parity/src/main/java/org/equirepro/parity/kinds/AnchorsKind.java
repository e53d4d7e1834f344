package org.equirepro.parity.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import org.equirepro.base.Settings;
import org.equirepro.models.detection.Anchors;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.io.SafeTensors;

/** Anchors of each map's cell and of all cells. */
public final class AnchorsKind implements ParityKind {

    @Override
    public void check(ReferenceCase reference, Check check) {
        SafeTensors tensors = reference.tensors();
        Settings params = reference.params();
        double[][] mapSizes = table(params, "feature_shapes");
        int[][] sizes = new int[mapSizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = new int[] {(int) mapSizes[i][0], (int) mapSizes[i][1]};
        }
        int[] image = params.integers("image");
        Anchors anchors = new Anchors(table(params, "sizes"), table(params, "aspect_ratios"));
        for (int map = 0; map < sizes.length; map++) {
            check.close("out.cell" + map, anchors.cell(map), tensors.floats("out.cell" + map), 0, 0);
        }
        check.close("out.anchors", anchors.all(sizes, image[0], image[1]), tensors.floats("out.anchors"), 0, 0);
    }

    private static double[][] table(Settings params, String key) {
        JsonNode rows = params.node().get(key);
        double[][] table = new double[rows.size()][];
        for (int i = 0; i < table.length; i++) {
            table[i] = new double[rows.get(i).size()];
            for (int j = 0; j < table[i].length; j++) {
                table[i][j] = rows.get(i).get(j).doubleValue();
            }
        }
        return table;
    }
}
