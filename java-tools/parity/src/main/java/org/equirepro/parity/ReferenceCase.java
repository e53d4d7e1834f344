package org.equirepro.parity;

import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.tensor.io.SafeTensors;

/**
 * One case of the reference fixtures: {@code <kind>/<case>.json} with parameters, expected scalars and tolerance, and
 * {@code <case>.safetensors} with the arrays.
 */
public final class ReferenceCase {

    private final Path json;
    private final Settings settings;
    private SafeTensors tensors;

    public ReferenceCase(Path json) {
        this.json = json;
        this.settings = Settings.read(json);
    }

    /** Name of the kind: the folder's name. */
    public String kind() {
        return json.toAbsolutePath().getParent().getFileName().toString();
    }

    public String name() {
        return json.getFileName().toString().replaceFirst("\\.json$", "");
    }

    public Settings params() {
        return settings.at("params");
    }

    public Settings expected() {
        return settings.at("expected");
    }

    public Settings tolerance() {
        return settings.at("tolerance");
    }

    public Settings settings() {
        return settings;
    }

    /** A file beside the case. */
    public Path file(String name) {
        return json.resolveSibling(name);
    }

    /** The arrays of the case. */
    public SafeTensors tensors() {
        if (tensors == null) {
            tensors = SafeTensors.open(json.resolveSibling(name() + ".safetensors"));
        }
        return tensors;
    }
}
