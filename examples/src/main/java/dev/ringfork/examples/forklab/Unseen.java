// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A jar of classes that nobody has loaded, and a loader that has it open. Each process takes the
 * next ones, so that a child loads what its parent has not. Confined to one thread.
 */
final class Unseen {
    /** Of each process of a line of descendants, and of the parent before and after. */
    static final int PORTION = 50;

    private static final int CLASSES = 6 * PORTION;
    private static final String PREFIX = "unseen.Class";
    private static final int TEXT_WORDS = 200;

    private final ClassLoader loader;
    private int next;

    Unseen(Path jar) throws IOException {
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    /** A number that a class answers with. */
    private static int expected(int index, int rounds) {
        int value = index;
        for (int i = 0; i < rounds; i++) {
            value = value * 31 + i;
        }
        return value;
    }

    /** Some kilobytes that differ from class to class. */
    private static String text(int index) {
        StringBuilder text = new StringBuilder();
        int value = index;
        for (int i = 0; i < TEXT_WORDS; i++) {
            value = value * 1_103_515_245 + 12_345;
            text.append(Integer.toHexString(value)).append(' ');
        }
        return text.toString();
    }

    /** Loads the next portion and has each class answer. */
    void load() throws Exception {
        for (int i = 0; i < PORTION; i++) {
            int index = next++;
            IntUnaryOperator answerer = make(index);
            Broken.unlessEqual("an answer", expected(index, 10), answerer.applyAsInt(10));
            Broken.unlessEqual("a constant", text(index), answerer.toString());
        }
    }

    /** One that was loaded last. */
    IntUnaryOperator last() throws Exception {
        return make(next - 1);
    }

    /** The method of {@link #last} as it is in a list of compiled code. */
    String lastMethod() {
        return PREFIX + (next - 1) + ".applyAsInt(";
    }

    /** Whether the answer of {@link #last} is right. */
    void verifyLast(int rounds, int answer) throws Broken {
        Broken.unlessEqual("compiled code's answer", expected(next - 1, rounds), answer);
    }

    private IntUnaryOperator make(int index) throws Exception {
        return loader.loadClass(PREFIX + index)
                .asSubclass(IntUnaryOperator.class)
                .getConstructor()
                .newInstance();
    }

    /** Loads a class once more, by a loader of its own that is closed then. */
    static void churn(Path jar) throws Exception {
        URI uri = jar.toUri();
        try (URLClassLoader own = new URLClassLoader(new URL[] {uri.toURL()}, null)) {
            own.loadClass(PREFIX + 0).getConstructor().newInstance();
        }
    }

    /** Writes the jar. */
    static void write(Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (int i = 0; i < CLASSES; i++) {
                out.putNextEntry(new JarEntry((PREFIX + i).replace('.', '/') + ".class"));
                out.write(classFile(i));
                out.closeEntry();
            }
        }
    }

    private static byte[] classFile(int index) {
        MethodTypeDesc intToInt = MethodTypeDesc.of(CD_int, CD_int);
        return ClassFile.of()
                .build(
                        ClassDesc.of(PREFIX + index),
                        built ->
                                built.withFlags(ACC_PUBLIC)
                                        .withInterfaceSymbols(
                                                ClassDesc.of(IntUnaryOperator.class.getName()))
                                        .withMethodBody(
                                                INIT_NAME,
                                                MTD_void,
                                                ACC_PUBLIC,
                                                code ->
                                                        code.aload(0)
                                                                .invokespecial(
                                                                        CD_Object,
                                                                        INIT_NAME,
                                                                        MethodTypeDesc.of(CD_void))
                                                                .return_())
                                        .withMethodBody(
                                                "toString",
                                                MethodTypeDesc.of(CD_String),
                                                ACC_PUBLIC,
                                                code -> code.loadConstant(text(index)).areturn())
                                        .withMethodBody(
                                                "applyAsInt",
                                                intToInt,
                                                ACC_PUBLIC,
                                                code -> loop(code, index)));
    }

    /** The body of {@link #expected}. */
    private static void loop(CodeBuilder code, int index) {
        Label top = code.newLabel();
        Label end = code.newLabel();
        code.loadConstant(index)
                .istore(2)
                .iconst_0()
                .istore(3)
                .labelBinding(top)
                .iload(3)
                .iload(1)
                .if_icmpge(end)
                .iload(2)
                .loadConstant(31)
                .imul()
                .iload(3)
                .iadd()
                .istore(2)
                .iinc(3, 1)
                .goto_(top)
                .labelBinding(end)
                .iload(2)
                .ireturn();
    }
}
