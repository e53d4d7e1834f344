package org.equirepro.reporting.report;

import java.util.Locale;

/** Text that is safe between tags and in quoted attributes, and a few forms that every section uses. */
final class Html {

    private Html() {}

    static String text(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    /** The text with a capital first letter. */
    static String capital(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /** A coordinate of a drawing: a tenth of a unit is enough. */
    static String at(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }

    /** The start of a table that may be wider than the screen; close it with {@link #tableEnd()}. */
    static String tableStart(String kind, String name) {
        return "<div class=\"scroll " + kind + "\" role=\"region\" tabindex=\"0\" aria-label=\"" + text(name) + "\">\n<table>\n";
    }

    static String tableEnd() {
        return "</table>\n</div>\n";
    }

    /** A sentence that ends in exactly one full stop. */
    static String sentence(String text) {
        String stripped = text.strip();
        return text(stripped) + (stripped.endsWith(".") ? "" : ".");
    }
}
