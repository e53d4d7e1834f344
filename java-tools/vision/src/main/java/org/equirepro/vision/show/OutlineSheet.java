package org.equirepro.vision.show;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.equirepro.base.AtomicFiles;
import org.equirepro.vision.image.Picture;

/** Pictures in rows with closed outlines on them, what was found beside what is true. Equal pictures, equal bytes. */
public final class OutlineSheet {

    /** What an outline is. */
    public enum Ink {
        /** White: where it begins. */
        GIVEN(Color.WHITE),
        /** Green. */
        TRUTH(new Color(60, 220, 90)),
        /** Red. */
        FOUND(new Color(255, 70, 60));

        private final Color colour;

        Ink(Color colour) {
            this.colour = colour;
        }
    }

    /** @param points x0, y0, x1, y1, .. in pixels of the picture, the middle of the first being 0, 0 */
    public record Outline(double[] points, Ink ink) {}

    /** A picture with its outlines, the last on top. */
    public record Cell(Picture picture, String caption, List<Outline> outlines) {}

    private static final int GAP = 8;
    private static final int LETTERS = 12;

    private final int columns;
    private final int width;

    /** @param width of a picture on the sheet, in pixels */
    public OutlineSheet(int columns, int width) {
        this.columns = columns;
        this.width = width;
    }

    /** Draws the cells, at least one, all of one size. */
    public BufferedImage draw(List<Cell> cells) {
        Lettering lettering = new Lettering(LETTERS);
        Picture first = cells.get(0).picture;
        double scale = (double) width / first.width();
        int height = (int) Math.round(scale * first.height());
        int rows = (cells.size() + columns - 1) / columns;
        int text = lettering.present() ? LETTERS + 6 : 0;
        BufferedImage sheet = new BufferedImage(Math.min(columns, cells.size()) * (width + GAP) + GAP, rows * (height + text + GAP) + GAP,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        g.setStroke(new BasicStroke(2));
        for (int i = 0; i < cells.size(); i++) {
            int left = GAP + i % columns * (width + GAP);
            int top = GAP + i / columns * (height + text + GAP);
            g.drawImage(Overlay.image(cells.get(i).picture, width, height), left, top, null);
            g.setClip(left, top, width, height);
            for (Outline outline : cells.get(i).outlines) {
                g.setColor(outline.ink.colour);
                g.draw(path(outline.points, scale, left, top));
            }
            g.setClip(null);
            lettering.line(g, cells.get(i).caption, left, top + height + 2, width, Color.BLACK);
        }
        g.dispose();
        return sheet;
    }

    private static Path2D path(double[] points, double scale, int left, int top) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < points.length; i += 2) {
            double x = left + scale * (points[i] + 0.5);
            double y = top + scale * (points[i + 1] + 0.5);
            if (i == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
        return path;
    }

    /** Writes {@link #draw} as PNG. */
    public void write(Path file, List<Cell> cells) {
        BufferedImage sheet = draw(cells);
        AtomicFiles.write(file, out -> {
            if (!ImageIO.write(sheet, "png", out)) {
                throw new IOException("this Java has no PNG writer");
            }
        });
    }
}
