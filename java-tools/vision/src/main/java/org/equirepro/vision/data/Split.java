package org.equirepro.vision.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.equirepro.base.UserError;
import org.equirepro.vision.image.Picture;
import org.equirepro.vision.image.PictureDecoder;

/**
 * The pictures of one split, in the order of their keys, by number from 0. Any thread may read any picture; nothing is kept in
 * memory but the index.
 */
public final class Split {

    /** Opens shards once and shares them. */
    interface Shards {
        FileChannel channel(String shard) throws IOException;

        Path path(String shard);
    }

    private final String name;
    private final Shards shards;
    private final List<String> shardNames;
    private final List<String> groupNames;
    private final String[] keys;
    private final int[] labels;
    private final int[] groups;
    private final int[] views;
    private final int[] shardOf;
    private final long[] offsets;
    private final int[] lengths;
    private final List<String> memberNames;
    private final int[] memberLengths; // [pictures, members], -1 where absent
    private final double[] latents;
    private final int latentCount;
    private final int[][] members;

    Split(SplitBuilder b, Shards shards) {
        this.name = b.name;
        this.shards = shards;
        this.shardNames = List.copyOf(b.shardNames);
        this.groupNames = List.copyOf(b.groupNames.keySet());
        this.keys = b.keys.toArray(String[]::new);
        this.labels = b.labels.toArray();
        this.groups = b.groups.toArray();
        this.views = b.views.toArray();
        this.shardOf = b.shardOf.toArray();
        this.lengths = b.lengths.toArray();
        this.memberNames = b.members;
        this.memberLengths = b.memberLengths.toArray();
        this.offsets = b.offsets();
        this.latents = b.latents();
        this.latentCount = b.latentCount;
        this.members = membersOf(groups, groupNames.size());
    }

    private static int[][] membersOf(int[] groups, int count) {
        int[] sizes = new int[count];
        for (int g : groups) {
            if (g >= 0) {
                sizes[g]++;
            }
        }
        int[][] members = new int[count][];
        for (int g = 0; g < count; g++) {
            members[g] = new int[sizes[g]];
        }
        int[] at = new int[count];
        for (int i = 0; i < groups.length; i++) {
            if (groups[i] >= 0) {
                members[groups[i]][at[groups[i]]++] = i;
            }
        }
        return members;
    }

    public String name() {
        return name;
    }

    /** Number of pictures. */
    public int size() {
        return keys.length;
    }

    public String key(int i) {
        return keys[i];
    }

    /** Class of a picture, an index into {@link ShardSet#classes()}. */
    public int label(int i) {
        return labels[i];
    }

    /** Number of the object that a picture shows, 0 .. {@link #groups()} - 1; -1 where the set has no groups. */
    public int group(int i) {
        return groups[i];
    }

    /** Number of groups; 0 where the set has none. */
    public int groups() {
        return groupNames.size();
    }

    public String groupName(int group) {
        return groupNames.get(group);
    }

    /** The pictures of a group, ascending; a copy. */
    public int[] members(int group) {
        return members[group].clone();
    }

    /** Number of a picture in its group. */
    public int view(int i) {
        return views[i];
    }

    /** The picture's latents; empty where the set has none. */
    public double[] latents(int i) {
        return Arrays.copyOfRange(latents, i * latentCount, (i + 1) * latentCount);
    }

    /** The encoded picture. */
    public byte[] encoded(int i) {
        return read(i, offsets[i], lengths[i]);
    }

    /** What lies beside the picture under this name, such as {@code json}; empty if nothing does. */
    public Optional<byte[]> member(int i, String name) {
        long at = offsets[i];
        int length = lengths[i];
        for (int k = 0; k < memberNames.size(); k++) {
            int memberLength = memberLengths[i * memberNames.size() + k];
            if (memberLength >= 0) {
                at = TarShard.next(at, length);
                length = memberLength;
                if (memberNames.get(k).equals(name)) {
                    return Optional.of(read(i, at, length));
                }
            }
        }
        return Optional.empty();
    }

    private byte[] read(int i, long offset, int length) {
        String shard = shardNames.get(shardOf[i]);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            FileChannel channel = shards.channel(shard);
            long at = offset;
            while (bytes.hasRemaining()) {
                int n = channel.read(bytes, at);
                if (n < 0) {
                    throw UserError.badData(shards.path(shard), "truncated: picture " + keys[i] + " ends behind the file's end");
                }
                at += n;
            }
        } catch (IOException e) {
            throw UserError.badData(shards.path(shard), "cannot be read: " + e, e);
        }
        return bytes.array();
    }

    /** The decoded picture. */
    public Picture picture(int i) {
        return PictureDecoder.decode(keys[i], encoded(i));
    }
}
