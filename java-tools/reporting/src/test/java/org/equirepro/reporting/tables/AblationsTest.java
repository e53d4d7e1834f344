package org.equirepro.reporting.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.equirepro.base.Settings;
import org.junit.jupiter.api.Test;

final class AblationsTest {

    private static String recipe(String name, String reconstruction) {
        return "\"" + name + "\":{\"batch\":4,\"reconstruction\":{\"family\":\"angle\",\"weight\":1.0," + reconstruction + "}}";
    }

    private static String row(String name, String paper) {
        return "{\"encoder\":\"" + name + "\",\"label\":\"" + name + "\",\"recipe\":\"" + name + "\",\"data\":\"d\",\"paper\":" + paper + "}";
    }

    @Test
    void rowsOfTable9StandInItsOrder() {
        Settings config = Settings.parseJson("study", "{\"rows\":[" + String.join(",", row("final", "null"), row("three", "null"),
                row("two", "\"all, inter(angle)\""), row("one", "null")) + "],\"recipes\":{" + String.join(",",
                recipe("one", "\"count\":1"), recipe("two", "\"count\":2"), recipe("three", "\"count\":3"),
                recipe("final", "\"count\":2,\"final_view\":true")) + "}}");
        List<Ablations.Ablation> found = Ablations.of(config);
        assertEquals(List.of("k"), found.stream().map(Ablations.Ablation::parameter).toList());
        assertEquals(List.of("one", "two", "three", "final"), found.get(0).rows().stream().map(TablesConfig.EncoderRow::encoder).toList());
        assertEquals(List.of("K = 1", "K = 2", "K = 3", "K = 2 and the final view"),
                found.get(0).rows().stream().map(TablesConfig.EncoderRow::label).toList());
        assertEquals(Optional.of("K = 2 and the final view"), found.get(0).rows().get(3).paper());
    }
}
