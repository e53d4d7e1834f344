package org.equirepro.vision.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.UserError;

/** Lists of class names, and labels by name. */
final class Labels {

    private Labels() {}

    /** Names by label as a list; a label without a name is called by its number. */
    static List<String> named(Map<Integer, String> names) {
        SortedMap<Integer, String> sorted = new TreeMap<>(names);
        List<String> list = new ArrayList<>();
        int last = sorted.isEmpty() ? -1 : sorted.lastKey();
        for (int label = 0; label <= last; label++) {
            list.add(sorted.getOrDefault(label, Integer.toString(label)));
        }
        return list;
    }

    /** Labels of the classes by name. */
    static Map<String, Integer> byName(List<String> classes) {
        Map<String, Integer> labels = new HashMap<>();
        for (String name : classes) {
            labels.put(name, labels.size());
        }
        return labels;
    }

    /** The label of a name that a list file uses. */
    static int of(Map<String, Integer> labels, Part lists, String file, String name) {
        Integer label = labels.get(name);
        if (label == null) {
            throw UserError.badData(lists.path(file), "names the class '" + name + "', which is not in the list of classes");
        }
        return label;
    }
}
