package org.equirepro.tensor.io;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.equirepro.tensor.io.Pickle.Dict;
import org.equirepro.tensor.io.Pickle.Global;
import org.equirepro.tensor.io.Pickle.None;
import org.equirepro.tensor.io.Pickle.Opaque;
import org.equirepro.tensor.io.Pickle.Sequence;

/**
 * Python's pickle machine (protocols 0 to 5, opcodes as in pickletools) without its danger: a global is a name, a call is
 * answered by {@link Calls} for the few functions it knows and gives an opaque value for all others. Nothing is executed.
 */
final class PickleMachine {

    /** What the machine cannot know by itself. */
    interface Calls {

        /** The result of a known function; an {@link Opaque} for any other. */
        Object call(Global function, List<Object> arguments) throws PickleException;

        /** An object that lies outside of the pickle. */
        Object persistent(Object id) throws PickleException;
    }

    /** A pickle that is cut, or that no pickler writes. */
    static final class PickleException extends IOException {
        private static final long serialVersionUID = 1L;

        PickleException(String message) {
            super(message);
        }
    }

    /** Far above a checkpoint with its optimiser; bounds the memory that a malicious pickle can take. */
    private static final long MAX_OPERATIONS = 5_000_000;
    private static final int MAX_BYTES = 1 << 26;
    private static final Object MARK = new Object();

    private final DataInputStream in;
    private final Calls calls;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long bytes;

    private PickleMachine(DataInputStream in, Calls calls) {
        this.in = in;
        this.calls = calls;
    }

    /** Reads one pickle; the stream is left behind its last byte. */
    static Object read(DataInputStream in, Calls calls) throws IOException {
        try {
            return new PickleMachine(in, calls).run();
        } catch (EOFException e) {
            throw new PickleException("the pickle is cut");
        } catch (IndexOutOfBoundsException | NumberFormatException | ClassCastException e) {
            throw new PickleException("the pickle is damaged: " + e.getMessage());
        }
    }

    private Object run() throws IOException {
        for (long n = 0; n < MAX_OPERATIONS; n++) {
            int op = in.readUnsignedByte();
            if (op == '.') {
                return pop();
            }
            if (!scalar(op) && !container(op) && !memory(op) && !object(op)) {
                throw new PickleException("unknown pickle opcode " + op);
            }
        }
        throw new PickleException("the pickle has more than " + MAX_OPERATIONS + " operations");
    }

    private boolean scalar(int op) throws IOException {
        switch (op) {
            case 'N' -> push(None.NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'I' -> {
                String text = line();
                push(text.equals("01") ? (Object) true : text.equals("00") ? (Object) false : (Object) Long.valueOf(text));
            }
            case 'L' -> push(whole(new BigInteger(line().replace("L", ""))));
            case 'F' -> push(Double.valueOf(line()));
            case 'J' -> push((long) (int) little(4));
            case 'K' -> push(little(1));
            case 'M' -> push(little(2));
            case 0x8a -> push(longNumber(little(1)));
            case 0x8b -> push(longNumber(little(4)));
            case 'G' -> push(in.readDouble());
            case 'S', 'V' -> push(op == 'S' ? unquoted(line()) : line());
            case 'T', 'X' -> push(text(little(4)));
            case 'U', 0x8c -> push(text(little(1)));
            case 0x8d -> push(text(little(8)));
            case 'B' -> push(raw(little(4)));
            case 'C' -> push(raw(little(1)));
            case 0x8e, 0x96 -> push(raw(little(8)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int op) throws IOException {
        switch (op) {
            case '(' -> push(MARK);
            case ']', ')', 0x8f -> push(new Sequence(List.of()));
            case 'l', 't', 0x91 -> push(new Sequence(popMark()));
            case 0x85 -> push(new Sequence(popMany(1)));
            case 0x86 -> push(new Sequence(popMany(2)));
            case 0x87 -> push(new Sequence(popMany(3)));
            case '}' -> push(new Dict());
            case 'd' -> {
                List<Object> items = popMark();
                push(new Dict());
                put(items);
            }
            case 'a' -> append(popMany(1));
            case 'e', 0x90 -> append(popMark());
            case 's' -> put(popMany(2));
            case 'u' -> put(popMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean memory(int op) throws IOException {
        switch (op) {
            case 0x80 -> in.readUnsignedByte();
            case 0x95 -> little(8);
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(top());
            case 'p' -> memo.put(Long.valueOf(line()), top());
            case 'q' -> memo.put(little(1), top());
            case 'r' -> memo.put(little(4), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'g' -> push(remembered(Long.parseLong(line())));
            case 'h' -> push(remembered(little(1)));
            case 'j' -> push(remembered(little(4)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean object(int op) throws IOException {
        switch (op) {
            case 'c' -> push(new Global(line() + "." + line()));
            case 0x93 -> {
                List<Object> names = popMany(2);
                push(new Global(names.get(0) + "." + names.get(1)));
            }
            case 'R', 0x81 -> {
                List<Object> pair = popMany(2);
                push(call(pair.get(0), ((Sequence) pair.get(1)).items()));
            }
            case 0x92 -> {
                List<Object> three = popMany(3);
                push(call(three.get(0), ((Sequence) three.get(1)).items()));
            }
            case 'o' -> {
                List<Object> items = popMark();
                push(call(items.get(0), items.subList(1, items.size())));
            }
            case 'i' -> {
                Global function = new Global(line() + "." + line());
                push(call(function, popMark()));
            }
            case 'b' -> pop(); // the state of an object: of no known object is it needed
            case 'P' -> push(calls.persistent(line()));
            case 'Q' -> push(calls.persistent(pop()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object call(Object function, List<Object> arguments) throws PickleException {
        return function instanceof Global global ? calls.call(global, arguments) : new Opaque("a call of " + function);
    }

    private void append(List<Object> items) throws PickleException {
        if (top() instanceof Sequence sequence) {
            sequence.items().addAll(items);
        }
    }

    private void put(List<Object> items) throws PickleException {
        if (items.size() % 2 != 0) {
            throw new PickleException("a dict with a key without value");
        }
        if (top() instanceof Dict dict) {
            for (int i = 0; i < items.size(); i += 2) {
                dict.items().put(items.get(i), items.get(i + 1));
            }
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() throws PickleException {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw new PickleException("the pickle takes more than it has put on the stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws PickleException {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> popMany(int count) throws PickleException {
        Object[] values = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            values[i] = pop();
        }
        return List.of(values);
    }

    private List<Object> popMark() throws PickleException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new PickleException("the pickle looks for a mark that it has not set");
        }
        List<Object> values = new ArrayList<>(stack.subList(mark + 1, stack.size()));
        stack.subList(mark, stack.size()).clear();
        return values;
    }

    private Object remembered(long index) throws PickleException {
        Object value = memo.get(index);
        if (value == null) {
            throw new PickleException("the pickle reads memo " + index + ", which it has not written");
        }
        return value;
    }

    /** Unsigned, but for eight bytes, where the sign is caught as a size out of range. */
    private long little(int count) throws IOException {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (long) in.readUnsignedByte() << 8 * i;
        }
        return value;
    }

    private byte[] raw(long count) throws IOException {
        bytes += Math.max(0, count);
        if (count < 0 || count > MAX_BYTES || bytes > MAX_BYTES) {
            throw new PickleException("the pickle has more than " + MAX_BYTES + " bytes of text and numbers");
        }
        byte[] read = in.readNBytes((int) count);
        if (read.length < count) {
            throw new EOFException();
        }
        return read;
    }

    private String text(long count) throws IOException {
        return new String(raw(count), StandardCharsets.UTF_8);
    }

    private static Object whole(BigInteger value) {
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private Object longNumber(long count) throws IOException {
        byte[] little = raw(count);
        byte[] big = new byte[little.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = little[big.length - 1 - i];
        }
        return big.length == 0 ? (Object) 0L : whole(new BigInteger(big));
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c; (c = in.readUnsignedByte()) != '\n'; ) {
            text.append((char) c);
            if (++bytes > MAX_BYTES) {
                throw new PickleException("the pickle has more than " + MAX_BYTES + " bytes of text and numbers");
            }
        }
        return text.toString();
    }

    private static String unquoted(String text) {
        return text.length() >= 2 ? text.substring(1, text.length() - 1) : text;
    }
}
