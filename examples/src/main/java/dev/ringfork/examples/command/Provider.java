// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** How system calls are reached: what the flag {@code --bindings} chooses of. */
enum Provider {
    FFM,
    JNI,
    JNA,
    JNR;

    private static final String PROPERTY = "ringfork.bindings";

    /** The flag, which every command has: parsed before the first call, it decides for all. */
    static OptionSpec option() {
        return OptionSpec.builder("--bindings")
                .type(Provider.class)
                .paramLabel("PROVIDER")
                .description("How system calls are reached: ffm, jni, jna or jnr. Default: ffm.")
                .setter(
                        new picocli.CommandLine.Model.ISetter() {
                            @Override
                            public <T> @Nullable T set(@Nullable T value) {
                                if (value instanceof Provider provider) {
                                    System.setProperty(PROPERTY, Word.of(provider));
                                }
                                return null;
                            }
                        })
                .build();
    }
}
