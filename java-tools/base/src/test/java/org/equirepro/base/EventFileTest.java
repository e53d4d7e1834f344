package org.equirepro.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventFileTest {

    @TempDir
    private Path folder;

    @Test
    void theFirstRecordIsTheOneThatTensorBoardWritesForThisVersionAtTimeZero() throws IOException {
        Path file = folder.resolve(EventFile.NAME);
        EventFile.write(file, List.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(24, bytes.getLong());
        // masked CRC-32C of the eight bytes of 24, as every event file with an unsigned version begins
        assertEquals(0x224b7fa3, bytes.getInt());
        byte[] data = new byte[24];
        bytes.get(data);
        assertArrayEquals(HexFormat.of().parseHex("0900000000000000001a0d" + HexFormat.of().formatHex(
                "brain.Event:2".getBytes(StandardCharsets.US_ASCII))), data);
        bytes.getInt();
        assertFalse(bytes.hasRemaining());
    }

    @Test
    void aScalarIsAnEventWithStepTagAndValue() throws IOException {
        Path file = folder.resolve(EventFile.NAME);
        EventFile.write(file, List.of(new EventFile.Scalar("train/loss", 300, 1.5)));
        byte[] all = Files.readAllBytes(file);
        // 09 time, 10 step as a varint, 2a summary { 0a value { 0a tag, 15 float } }
        String event = "09" + "0000000000c07240" + "10ac02" + "2a13" + "0a11" + "0a0a" + HexFormat.of().formatHex(
                "train/loss".getBytes(StandardCharsets.US_ASCII)) + "15" + "0000c03f";
        byte[] data = HexFormat.of().parseHex(event);
        assertEquals(24 + 16 + data.length + 16, all.length);
        assertArrayEquals(data, java.util.Arrays.copyOfRange(all, 24 + 16 + 12, all.length - 4));
    }
}
