package org.equirepro.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.equirepro.base.UserError;

/** Values for the <code>${name}</code> places of a study, as given by {@code --set name=value}. */
public final class Parameters {

    private static final Pattern PLACE = Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9_]*)}");

    private final Map<String, String> values;
    private final boolean needed;

    private Parameters(Map<String, String> values, boolean needed) {
        this.values = values;
        this.needed = needed;
    }

    /** An empty value counts as not given. */
    public static Parameters of(Map<String, String> values) {
        TreeMap<String, String> given = new TreeMap<>(values);
        given.values().removeIf(value -> value == null || value.isBlank());
        return new Parameters(given, true);
    }

    /** For a look at a study whose data are not here: places stand as they are, and nothing is looked for. */
    public static Parameters open() {
        return new Parameters(Map.of(), false);
    }

    /** Whether all parameters that {@code text} has places for are given; true for null. */
    boolean given(String text) {
        return text == null || PLACE.matcher(text).results().allMatch(place -> values.containsKey(place.group(1)));
    }

    /**
     * The absolute path that {@code text} stands for; it exists.
     *
     * @param where file and key of the text, for errors
     * @throws UserError with exit code 2 if a parameter is not given, 66 if there is nothing at the path
     */
    String existing(String where, String text) {
        if (!needed) {
            return text;
        }
        StringBuilder filled = new StringBuilder();
        String lastName = null;
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            lastName = place.group(1);
            String value = values.get(lastName);
            if (value == null) {
                throw UserError.usage(where + " needs the parameter " + lastName + "; give --" + lastName + " PATH");
            }
            place.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        place.appendTail(filled);
        Path path = Path.of(filled.toString()).toAbsolutePath().normalize();
        if (!Files.isReadable(path)) {
            String problem = Files.exists(path) ? ": cannot be read" : ": no such file or folder";
            throw UserError.missing(lastName == null ? where + ": " + path + problem
                    : lastName + ": " + path + problem + "; give --" + lastName);
        }
        return path.toString();
    }
}
