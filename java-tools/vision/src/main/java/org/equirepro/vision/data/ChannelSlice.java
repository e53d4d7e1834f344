package org.equirepro.vision.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A stretch of a file as a stream. It reads by position, so many may read one channel at a time. */
final class ChannelSlice extends InputStream {

    private final FileChannel channel;
    private final long end;
    private long at;

    ChannelSlice(FileChannel channel, long offset, long length) {
        this.channel = channel;
        this.at = offset;
        this.end = offset + length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int most = (int) Math.min(length, end - at);
        if (most <= 0) {
            return length == 0 ? 0 : -1;
        }
        int n = channel.read(ByteBuffer.wrap(into, from, most), at);
        at += Math.max(n, 0);
        return n;
    }

    @Override
    public long skip(long n) {
        long step = Math.max(0, Math.min(n, end - at));
        at += step;
        return step;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - at);
    }
}
