package org.equirepro.vision.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.equirepro.base.UserError;

/**
 * index.csv of a shard folder: one row a picture with the columns {@code key,split,label,group,view,shard,offset,length} and
 * {@code latent0 ..}, and one column a member with its length. Offset and length are those of the encoded picture in its shard,
 * in bytes; members follow their picture in the order of the columns, and one that the picture lacks has an empty field.
 */
final class Index {

    private static final List<String> COLUMNS = List.of("key", "split", "label", "group", "view", "shard", "offset", "length");

    /** Receives the rows in the order of the file; the array of latents is the receiver's. */
    interface Rows {
        void row(String key, String split, int label, String group, int view, String shard, long offset, int length,
                double[] latents, int[] memberLengths);
    }

    private Index() {}

    static String header(int latents, List<String> members) {
        StringBuilder line = new StringBuilder(String.join(",", COLUMNS));
        for (int k = 0; k < latents; k++) {
            line.append(",latent").append(k);
        }
        members.forEach(name -> line.append(",").append(name));
        return line.append('\n').toString();
    }

    /** {@code memberLengths}: of all members, -1 for one that is absent. */
    static void write(OutputStream out, Sample s, String shard, long offset, int length, int[] memberLengths) throws IOException {
        StringBuilder line = new StringBuilder(128);
        quoted(line, s.key()).append(',').append(s.split()).append(',').append(s.label()).append(',');
        quoted(line, s.group()).append(',').append(s.view()).append(',').append(shard).append(',').append(offset).append(',')
                .append(length);
        for (double latent : s.latents()) {
            line.append(',').append(latent);
        }
        for (int memberLength : memberLengths) {
            line.append(',').append(memberLength < 0 ? "" : memberLength);
        }
        out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static StringBuilder quoted(StringBuilder line, String text) {
        if (text.indexOf(',') < 0 && text.indexOf('"') < 0) {
            return line.append(text);
        }
        return line.append('"').append(text.replace("\"", "\"\"")).append('"');
    }

    /** Streams the file line by line; a row that is not of its form ends it with the row's number. */
    static void read(Path file, int latents, List<String> members, Rows rows) {
        try (var lines = Files.newBufferedReader(file)) {
            if (!(lines.readLine() + "\n").equals(header(latents, members))) {
                throw UserError.badData(file, "columns must be " + header(latents, members).strip());
            }
            List<String> fields = new ArrayList<>();
            int number = 1;
            String shard = "";
            String split = "";
            String group = "";
            for (String line; (line = lines.readLine()) != null; ) {
                number++;
                split(line, fields);
                if (fields.size() != COLUMNS.size() + latents + members.size()) {
                    throw UserError.badData(file, "row " + number + " has " + fields.size() + " fields");
                }
                // neighbours share these, so one object serves many rows
                split = same(split, fields.get(1));
                group = same(group, fields.get(3));
                shard = same(shard, fields.get(5));
                double[] values = new double[latents];
                int[] memberLengths = new int[members.size()];
                try {
                    for (int k = 0; k < latents; k++) {
                        values[k] = Double.parseDouble(fields.get(COLUMNS.size() + k));
                    }
                    for (int k = 0; k < memberLengths.length; k++) {
                        String field = fields.get(COLUMNS.size() + latents + k);
                        memberLengths[k] = field.isEmpty() ? -1 : Integer.parseInt(field);
                    }
                    rows.row(fields.get(0), split, Integer.parseInt(fields.get(2)), group, Integer.parseInt(fields.get(4)), shard,
                            Long.parseLong(fields.get(6)), Integer.parseInt(fields.get(7)), values, memberLengths);
                } catch (NumberFormatException e) {
                    throw UserError.badData(file, "row " + number + ": not a number: " + e.getMessage());
                }
            }
        } catch (IOException e) {
            throw UserError.badData(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static String same(String last, String now) {
        return last.equals(now) ? last : now;
    }

    private static void split(String line, List<String> fields) {
        fields.clear();
        int at = 0;
        while (true) {
            if (at < line.length() && line.charAt(at) == '"') {
                StringBuilder text = new StringBuilder();
                at++;
                while (at < line.length()) {
                    char c = line.charAt(at++);
                    if (c != '"') {
                        text.append(c);
                    } else if (at < line.length() && line.charAt(at) == '"') {
                        text.append('"');
                        at++;
                    } else {
                        break;
                    }
                }
                fields.add(text.toString());
            } else {
                int comma = line.indexOf(',', at);
                int end = comma < 0 ? line.length() : comma;
                fields.add(line.substring(at, end));
                at = end;
            }
            if (at >= line.length()) {
                return;
            }
            at++;
            if (at == line.length()) {
                fields.add("");
                return;
            }
        }
    }
}
