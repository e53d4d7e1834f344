package org.equirepro.tensor.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle holds, besides String, Long, BigInteger, Double, Boolean and byte[]. Containers compare by identity, so that
 * one that holds itself can be a key.
 */
final class Pickle {

    private Pickle() {}

    /** Python's None. */
    enum None { NONE }

    /** A class or function by name; never called. */
    record Global(String name) {}

    /** list, tuple or set. */
    static final class Sequence {
        private final List<Object> items;

        Sequence(List<Object> items) {
            this.items = new ArrayList<>(items);
        }

        List<Object> items() {
            return items;
        }
    }

    /** dict or OrderedDict. */
    static final class Dict {
        private final Map<Object, Object> items = new LinkedHashMap<>();

        Map<Object, Object> items() {
            return items;
        }
    }

    /** An object of a class that is not known here: what would have made it is kept by name only. */
    record Opaque(String name) {}
}
