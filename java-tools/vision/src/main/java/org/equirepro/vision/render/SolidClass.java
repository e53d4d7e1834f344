package org.equirepro.vision.render;

import java.util.Locale;
import org.equirepro.base.Draws;

/**
 * The classes of parametric solids, in the order of their ids, so that the label of a class is the rank of its id, as in
 * 3DIEBench. The ids have the form of WordNet synset ids, eight digits, but are ours: no WordNet noun starts with 9.
 *
 * <p>The first ten are chosen to be far apart; a data set of n classes takes the first n.
 */
public enum SolidClass {
    CHAIR(Furniture::chair), AEROPLANE(Machines::aeroplane), MUG(Vessels::mug), L_BLOCK(Blocks::lBlock), CAR(Machines::car),
    ARROW(Tools::arrow), STAIRS(Blocks::stairs), BOTTLE(Vessels::bottle), RING(Blocks::ring), HOUSE(Furniture::house),
    GEAR(Blocks::gear), DOG(Tools::dog), TABLE(Furniture::table), ROCKET(Machines::rocket), HELIX(Blocks::helix),
    BOWL(Vessels::bowl), PYRAMID(Blocks::pyramid), SHIP(Machines::ship), JACK(Blocks::jack), LAMP(Furniture::lamp),
    STAR(Blocks::star), SOFA(Furniture::sofa), CONE(Blocks::cone), FISH(Tools::fish), BICYCLE(Machines::bicycle),
    KEY(Tools::key), TEAPOT(Vessels::teapot), WEDGE(Blocks::wedge), MUSHROOM(Vessels::mushroom), SHELF(Furniture::shelf),
    T_BLOCK(Blocks::tBlock), GUITAR(Tools::guitar), CAN(Blocks::can), TRUCK(Machines::truck), UMBRELLA(Tools::umbrella),
    EGG(Blocks::egg), LADDER(Furniture::ladder), NOTCHED_BOX(Blocks::notchedBox), HELICOPTER(Machines::helicopter),
    CACTUS(Vessels::cactus), HAMMER(Tools::hammer), BED(Furniture::bed), TRUMPET(Tools::trumpet), GOBLET(Vessels::goblet),
    TRAIN(Machines::train), FIGURE(Tools::figure), ARCH(Blocks::arch), SAILING_BOAT(Machines::sailingBoat), JUG(Vessels::jug),
    CLOCK(Furniture::clock), TAP(Tools::tap), WINDMILL(Machines::windmill), PLANT(Vessels::plant), CAMERA(Tools::camera),
    BUCKET(Vessels::bucket), SWORD(Tools::sword);

    /** Adds the parts of one instance; the draws decide its proportions and counts. */
    private interface Plan {
        void build(MeshBuilder mesh, Draws draws);
    }

    private final Plan plan;

    SolidClass(Plan plan) {
        this.plan = plan;
    }

    /** Eight digits, from 90000001. */
    public String synset() {
        return Integer.toString(90_000_001 + ordinal());
    }

    /** The name in words, such as {@code sailing boat}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The mesh of one instance in its own units; z is up. */
    public Mesh build(Draws draws) {
        MeshBuilder mesh = new MeshBuilder();
        plan.build(mesh, draws);
        return mesh.build();
    }
}
