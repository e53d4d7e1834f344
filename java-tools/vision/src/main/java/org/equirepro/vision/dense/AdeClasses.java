package org.equirepro.vision.dense;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.UserError;

/** The 150 classes of the scene parsing benchmark on ADE20K: short names, and the colours in which it is always drawn. */
public final class AdeClasses {

    /** In the order of the labels. */
    public static final List<String> NAMES = column(0);
    /** As 0xRRGGBB, in the order of the labels. */
    public static final List<Integer> COLOURS = column(1).stream().map(c -> Integer.parseInt(c, 16)).toList();

    private AdeClasses() {}

    private static List<String> column(int number) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                AdeClasses.class.getResourceAsStream("ade20k-classes.csv"), StandardCharsets.UTF_8))) {
            return lines.lines().skip(1).map(line -> line.split(",")[number]).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Names from objectInfo150.csv or .txt, whose last column lists synonyms; the short names where they are the published 150.
     *
     * @throws UserError (bad data) if the rows are not numbered from 1
     */
    public static List<String> parse(Path file, String text) {
        List<String> rows = text.lines().skip(1).filter(line -> !line.isBlank()).toList();
        boolean tabs = !rows.isEmpty() && rows.get(0).contains("\t");
        boolean published = rows.size() == NAMES.size();
        List<String> names = new java.util.ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String[] fields = rows.get(i).split(tabs ? "\t" : ",", 6);
            if (fields.length < 6 || !fields[0].strip().equals(Integer.toString(i + 1))) {
                throw UserError.badData(file, "row " + (i + 1) + " is not Idx, Ratio, Train, Val, Stuff, Name of class " + (i + 1));
            }
            String name = fields[5].strip().split("[,;]")[0];
            names.add(name);
            published &= i < NAMES.size() && name.split(" ")[0].equals(NAMES.get(i).split(" ")[0]);
        }
        if (names.isEmpty() || names.size() > 254) {
            throw UserError.badData(file, "names " + names.size() + " classes");
        }
        return published ? NAMES : names;
    }
}
