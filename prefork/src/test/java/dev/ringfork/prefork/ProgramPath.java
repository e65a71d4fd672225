// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import java.io.File;
import java.nio.file.Path;
import java.util.StringJoiner;

/** Where programs of the tests are found, which run in processes of their own. */
public final class ProgramPath {
    private ProgramPath() {}

    /** The modules of this build and its test classes, all as a class path. */
    public static String classPath() {
        StringJoiner path = new StringJoiner(File.pathSeparator);
        String basedir = System.getProperty("basedir");
        if (basedir != null) {
            path.add(Path.of(basedir, "target", "test-classes").toString());
        }
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            path.add(modules);
        }
        return path.add(System.getProperty("java.class.path")).toString();
    }
}
