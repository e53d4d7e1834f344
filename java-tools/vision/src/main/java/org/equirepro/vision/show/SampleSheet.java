package org.equirepro.vision.show;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.equirepro.base.AtomicFiles;
import org.equirepro.vision.image.Picture;

/** Samples of a data set in rows, each with its annotations over it and its key and class below. Equal samples, equal bytes. */
public final class SampleSheet {

    private static final int GAP = 10;
    private static final int LETTERS = 12;
    private static final Color PAPER = Color.WHITE;
    private static final Color INK = new Color(30, 30, 30);
    private static final Color GREY = new Color(110, 110, 110);

    private final int columns;
    private final int cell;

    /**
     * @param columns samples in a row
     * @param cell width and height of a sample in pixels; pictures are scaled to fit
     */
    public SampleSheet(int columns, int cell) {
        if (columns < 1 || cell < 16) {
            throw new IllegalArgumentException(columns + " columns of " + cell + " pixels");
        }
        this.columns = columns;
        this.cell = cell;
    }

    /** Draws the samples, at least one. */
    public BufferedImage draw(List<Annotated> samples, List<String> classes) {
        Lettering lettering = new Lettering(LETTERS);
        Overlay overlay = new Overlay(classes, lettering);
        int rows = (samples.size() + columns - 1) / columns;
        int across = Math.min(columns, samples.size());
        BufferedImage probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        Graphics2D measure = probe.createGraphics();
        int text = lettering.present() ? 2 * lettering.height(measure) + 4 : 0;
        measure.dispose();
        int[] heights = new int[rows];
        for (int i = 0; i < samples.size(); i++) {
            heights[i / columns] = Math.max(heights[i / columns], size(samples.get(i).picture())[1]);
        }
        int height = GAP;
        for (int h : heights) {
            height += h + text + GAP;
        }
        BufferedImage sheet = new BufferedImage(across * (cell + GAP) + GAP, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(PAPER);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        int top = GAP;
        for (int row = 0; row < rows; row++) {
            for (int i = row * columns; i < Math.min(samples.size(), (row + 1) * columns); i++) {
                Annotated sample = samples.get(i);
                int[] size = size(sample.picture());
                int left = GAP + i % columns * (cell + GAP);
                g.drawImage(overlay.draw(sample, size[0], size[1]), left + (cell - size[0]) / 2, top + heights[row] - size[1], null);
                lettering.line(g, sample.caption(), left, top + heights[row] + 2, cell, INK);
                lettering.line(g, sample.title(), left, top + heights[row] + 2 + text / 2, cell, GREY);
            }
            top += heights[row] + text + GAP;
        }
        g.dispose();
        return sheet;
    }

    /** Width and height that fit into a cell. */
    private int[] size(Picture picture) {
        double scale = Math.min((double) cell / picture.width(), (double) cell / picture.height());
        return new int[] {(int) Math.max(1, Math.round(scale * picture.width())),
            (int) Math.max(1, Math.round(scale * picture.height()))};
    }

    /** Writes {@link #draw} as PNG. */
    public void write(Path file, List<Annotated> samples, List<String> classes) {
        BufferedImage sheet = draw(samples, classes);
        AtomicFiles.write(file, out -> png(sheet, out));
    }

    /** {@link #draw} as the bytes of a PNG. */
    public byte[] png(List<Annotated> samples, List<String> classes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            png(draw(samples, classes), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void png(BufferedImage image, java.io.OutputStream out) throws IOException {
        if (!ImageIO.write(image, "png", out)) {
            throw new IOException("this Java has no PNG writer");
        }
    }
}
