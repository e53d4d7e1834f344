package org.equirepro.models;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.tensor.io.PthFile;
import org.equirepro.tensor.io.SafeTensors;

/**
 * The tensors of a checkpoint and where its backbone is among them.
 *
 * @param file for messages
 * @param tensors by the checkpoint's names
 * @param prefix of the backbone's names, such as {@code module.backbone.}
 * @param settings of the encoder, if equirepro export wrote the file; else null
 */
record CheckpointTensors(Path file, SortedMap<String, PthFile.Source> tensors, String prefix, Settings settings) {

    private static final String VIT = "patch_embed.proj.weight";
    private static final String RESNET = "layer1.0.conv1.weight";
    /** Where the published files keep their weights, the better network of a pair first. */
    private static final List<String> SECTIONS = List.of("", "teacher", "state_dict", "model", "student");

    /**
     * @param key section of the file, or beginning of the tensors' names; null to look in the usual places
     * @throws UserError if there is no ViT or ResNet, or more than one
     */
    static CheckpointTensors read(Path file, String key) {
        if (file.toString().endsWith(".safetensors")) {
            SafeTensors safe = SafeTensors.open(file);
            safe.verify();
            SortedMap<String, PthFile.Source> tensors = new TreeMap<>();
            safe.names().forEach(name -> tensors.put(name, PthFile.Source.of(safe.tensor(name))));
            Settings settings = safe.metadata().containsKey(Encoder.METADATA) ? Encoder.settings(safe) : null;
            return choose(file, key == null ? tensors : below(tensors, key), key, settings);
        }
        PthFile pth = PthFile.open(file);
        if (key != null) {
            SortedMap<String, PthFile.Source> section = pth.tensors(key);
            return choose(file, section.isEmpty() ? below(pth.tensors(""), key) : section, key, null);
        }
        for (String section : SECTIONS) {
            SortedMap<String, PthFile.Source> tensors = pth.tensors(section);
            if (!prefixes(tensors).isEmpty()) {
                return choose(file, tensors, null, null);
            }
        }
        throw UserError.badData(file, "holds no ViT or ResNet in its usual places; its sections are " + pth.sections()
                + ": give one, or a path such as a.b, as --key");
    }

    private static SortedMap<String, PthFile.Source> below(SortedMap<String, PthFile.Source> tensors, String key) {
        SortedMap<String, PthFile.Source> found = new TreeMap<>(tensors);
        found.keySet().removeIf(name -> !name.startsWith(key + "."));
        return found;
    }

    private static CheckpointTensors choose(Path file, SortedMap<String, PthFile.Source> tensors, String key, Settings settings) {
        List<String> prefixes = prefixes(tensors);
        if (prefixes.size() != 1) {
            throw UserError.badData(file, (key == null ? "" : "--key " + key + ": ") + (prefixes.isEmpty()
                    ? "no ViT (" + VIT + ") and no ResNet (" + RESNET + ") among " + tensors.size() + " tensors"
                    : "more than one network, their names begin with " + prefixes + "; choose by --key"));
        }
        return new CheckpointTensors(file, tensors, prefixes.get(0), settings);
    }

    private static List<String> prefixes(SortedMap<String, PthFile.Source> tensors) {
        return tensors.keySet().stream().flatMap(name -> List.of(VIT, RESNET).stream()
                .filter(end -> name.equals(end) || name.endsWith("." + end))
                .map(end -> name.substring(0, name.length() - end.length()))).toList();
    }
}
