package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.file.Path;
import org.equirepro.base.Settings;
import org.equirepro.base.UserError;
import org.equirepro.vision.render.RenderedReader;

/** The reader for a configuration's {@code kind}. */
final class Readers {

    private interface Opener {
        Reader open(SourceTree tree) throws IOException;
    }

    private Readers() {}

    /** {@code spool} is a folder for what must be unpacked first. */
    static Reader open(Settings config, Path source, Path spool) throws IOException {
        return switch (config.text("kind")) {
            case "imagefolder" -> ofTree(config, source, spool, tree -> ImageFolderReader.open(tree, config));
            case "cifar10" -> ofTree(config, source, spool, tree -> CifarReader.open(tree, config));
            case "3diebench" -> ofTree(config, source, spool, tree -> ThreeDieBenchReader.open(tree, config));
            case "render-3d", "render-pictures" -> rendered(config, source);
            default -> throw UserError.usage(config.source() + ": kind must be imagefolder, cifar10, 3diebench, render-3d or "
                    + "render-pictures, found " + config.text("kind"));
        };
    }

    private static Reader rendered(Settings config, Path source) {
        if (source != null) {
            throw UserError.usage(config.source() + ": kind " + config.text("kind") + " draws its pictures and takes no source");
        }
        return RenderedReader.of(config);
    }

    private static Reader ofTree(Settings config, Path source, Path spool, Opener opener) throws IOException {
        if (source == null) {
            throw UserError.usage(config.source() + ": kind " + config.text("kind") + " needs a source (--source)");
        }
        SourceTree tree = SourceTree.open(source, spool);
        boolean opened = false;
        try {
            Reader reader = opener.open(tree);
            opened = true;
            return reader;
        } catch (IOException e) {
            throw UserError.badData(source, "cannot be read: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                tree.close();
            }
        }
    }
}
