package org.equirepro.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of one tensor, given chunk by chunk so that no tensor need fit into the heap, nor into one buffer's 2 GiB. */
@FunctionalInterface
public interface Content {

    /** Takes the next chunk: whole elements, little endian. The buffer is valid during the call only. */
    @FunctionalInterface
    interface Sink {
        void accept(ByteBuffer chunk) throws IOException;
    }

    /** Bytes of a chunk that is computed or copied through the heap. */
    int CHUNK = 1 << 20;

    /** Gives all bytes to {@code sink}, in order. May be called again. */
    void writeTo(Sink sink) throws IOException;

    /** The remaining bytes of a buffer. */
    static Content of(ByteBuffer bytes) {
        return sink -> sink.accept(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The same numbers as float32: float16 and bfloat16 exactly, float64 rounded. */
    static Content toFloat32(SafeTensors.Type from, Content content) {
        if (from == SafeTensors.Type.F32) {
            return content;
        }
        return sink -> {
            ByteBuffer out = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            content.writeTo(chunk -> {
                while (chunk.hasRemaining()) {
                    out.clear();
                    while (chunk.hasRemaining() && out.hasRemaining()) {
                        out.putFloat((float) from.read(chunk));
                    }
                    sink.accept(out.flip());
                }
            });
        };
    }
}
