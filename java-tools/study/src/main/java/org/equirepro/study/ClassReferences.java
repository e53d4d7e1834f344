package org.equirepro.study;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The classes that a compiled class names, read from its constant pool (The Java Virtual Machine Specification, Java SE 17,
 * section 4.4): the CONSTANT_Class entries and every descriptor or signature. Texts of the program are not followed.
 */
final class ClassReferences {

    private static final int MAGIC = 0xCAFEBABE;
    private static final Pattern DESCRIPTOR = Pattern.compile("[\\[(<LTBCDFIJSZV].*");
    private static final Pattern CLASS_IN_DESCRIPTOR = Pattern.compile("L([\\w$]+(?:/[\\w$]+)+)[;<.]");

    private ClassReferences() {}

    /** Names with slashes, such as {@code org/equirepro/base/Hashes}, sorted. */
    static Set<String> of(byte[] classFile) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
        if (in.readInt() != MAGIC) {
            throw new IOException("not a class file");
        }
        in.readInt(); // version
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        int[] classes = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[i] = in.readUTF();
                case 7 -> classes[i] = in.readUnsignedShort();
                case 8, 16, 19, 20 -> in.readUnsignedShort(); // String, MethodType, Module, Package
                case 15 -> in.skipNBytes(3); // MethodHandle
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.readInt(); // int, float, references, NameAndType, Dynamic
                case 5, 6 -> {
                    in.readLong(); // long and double take two places
                    i++;
                }
                default -> throw new IOException("unknown constant tag " + tag);
            }
        }
        TreeSet<String> names = new TreeSet<>();
        for (int i = 1; i < count; i++) {
            if (classes[i] != 0) {
                String name = texts[classes[i]];
                if (name.startsWith("[")) {
                    addDescriptor(name, names);
                } else {
                    names.add(name);
                }
            }
            if (texts[i] != null && DESCRIPTOR.matcher(texts[i]).matches()) {
                addDescriptor(texts[i], names);
            }
        }
        return names;
    }

    private static void addDescriptor(String descriptor, Set<String> names) {
        Matcher found = CLASS_IN_DESCRIPTOR.matcher(descriptor);
        while (found.find()) {
            names.add(found.group(1));
        }
    }
}
