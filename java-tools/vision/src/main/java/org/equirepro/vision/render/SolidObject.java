package org.equirepro.vision.render;

import org.equirepro.base.Draws;
import org.equirepro.base.Hashes;

/**
 * One object: an instance of a class of solids with its own proportions and its own albedo, fixed by the seed, its class and its
 * number. The mesh is built when it is first asked for.
 */
public final class SolidObject {

    private final long seed;
    private final SolidClass solid;
    private final int number;
    private Mesh mesh;

    public SolidObject(long seed, SolidClass solid, int number) {
        this.seed = seed;
        this.solid = solid;
        this.number = number;
    }

    public SolidClass solid() {
        return solid;
    }

    public int number() {
        return number;
    }

    /** 32 hexadecimal digits, the form of the object ids of ShapeNet. */
    public String id() {
        return Hashes.sha256("rendered object " + seed + " " + solid.synset() + " " + number).substring(0, 32);
    }

    /** The mesh in the size of a benchmark scene. */
    public synchronized Mesh mesh() {
        if (mesh == null) {
            mesh = solid.build(draws(0, "render-shape")).fitted(Scene.OBJECT_RADIUS);
        }
        return mesh;
    }

    /** A greyish colour, linear. */
    public double[] albedo() {
        Draws draws = draws(0, "render-albedo");
        return Colours.hsv(draws.uniform(), draws.uniform(0, 0.15), draws.uniform(0.55, 0.85));
    }

    /** The latents of a view. */
    public Latents latents(int view) {
        return Latents.draw(draws(view, "render-latents"));
    }

    /** The benchmark scene of a view. */
    public Scene scene(int view) {
        return Scene.benchmark(mesh(), albedo(), latents(view));
    }

    /** A stream of random numbers of this object. */
    Draws draws(int view, String operation) {
        return Draws.at(seed, solid.ordinal(), number, view, operation);
    }
}
