package org.equirepro.vision.show;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Optional;

/** Text on pictures. A machine without any font, as small containers are, draws none. */
final class Lettering {

    private static final int PAD = 2;

    private final Optional<Font> font;

    Lettering(int size) {
        this.font = font(size);
    }

    private static Optional<Font> font(int size) {
        try {
            Font found = new Font(Font.SANS_SERIF, Font.PLAIN, size);
            new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().getFontMetrics(found).stringWidth("x");
            return Optional.of(found);
        } catch (Error | RuntimeException e) { // what Java throws without fontconfig or fonts differs by release
            return Optional.empty();
        }
    }

    /** Whether the machine has a font. */
    boolean present() {
        return font.isPresent();
    }

    /** A line from the left, shortened in front to fit. */
    void line(Graphics2D g, String text, int x, int top, int width, Color ink) {
        font.ifPresent(f -> {
            FontMetrics metrics = g.getFontMetrics(f);
            String shown = text;
            while (shown.length() > 1 && metrics.stringWidth(shown) > width) {
                shown = "\u2026" + shown.substring(Math.min(2, shown.length()));
            }
            g.setFont(f);
            g.setColor(ink);
            g.drawString(shown, x, top + metrics.getAscent());
        });
    }

    /** A word on a coloured ground, its upper left corner at the place, kept within the area of this size. */
    void chip(Graphics2D g, String text, double x, double y, int width, int height, Color ground) {
        font.ifPresent(f -> {
            FontMetrics metrics = g.getFontMetrics(f);
            int w = metrics.stringWidth(text) + 2 * PAD;
            int h = metrics.getAscent() + metrics.getDescent();
            int left = (int) Math.max(0, Math.min(x, width - w));
            int top = (int) Math.max(0, Math.min(y, height - h));
            g.setColor(new Color(ground.getRed(), ground.getGreen(), ground.getBlue(), 215));
            g.fillRect(left, top, w, h);
            g.setFont(f);
            g.setColor(Palette.ink(ground));
            g.drawString(text, left + PAD, top + metrics.getAscent());
        });
    }

    /** Width of a chip in pixels. */
    int width(Graphics2D g, String text) {
        return font.map(f -> g.getFontMetrics(f).stringWidth(text) + 2 * PAD).orElse(0);
    }

    /** Height of a line in pixels. */
    int height(Graphics2D g) {
        return font.map(f -> g.getFontMetrics(f).getAscent() + g.getFontMetrics(f).getDescent()).orElse(0);
    }
}
