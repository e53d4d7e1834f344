package org.equirepro.vision.render;

import java.util.Locale;

/** What is behind and below the objects of a scene. In label maps these classes come first. */
enum Stuff {
    WALL, FLOOR, SKY, GRASS;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
