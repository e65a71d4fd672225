// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which package may use which: what the module descriptors cannot say. */
final class ArchitectureTest {
    private static JavaClasses classes;

    @BeforeAll
    static void importAllModules() {
        Path home = Path.of(System.getProperty("basedir")).resolveSibling(".").normalize();
        List<Path> folders =
                List.of("native", "bindings", "reactor", "prefork", "examples").stream()
                        .map(module -> home.resolve(module).resolve("target").resolve("classes"))
                        .toList();
        classes = new ClassFileImporter().importPaths(folders);
        assertTrue(
                classes.contain("dev.ringfork.bindings.calls.SocketCalls"), "bindings not found");
        assertTrue(classes.contain("dev.ringfork.reactor.Reactor"), "reactor not found");
    }

    @Test
    void shouldKeepProvidersToTheirModule() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.ringfork.bindings..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ringfork.bindings.calls..",
                        "dev.ringfork.bindings.ffm..",
                        "dev.ringfork.bindings.jni..",
                        "dev.ringfork.bindings.jna..",
                        "dev.ringfork.bindings.jnr..")
                .check(classes);
    }

    @Test
    void shouldReachTheNetworkThroughBindingsOnly() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.ringfork.bindings..", "dev.ringfork.reactor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.channels..", "java.net..")
                .check(classes);
    }

    @Test
    void shouldKeepProtocolsFreeOfLoops() {
        noClasses()
                .that()
                .resideInAPackage("dev.ringfork.reactor.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ringfork.reactor",
                        "dev.ringfork.reactor.demux..",
                        "dev.ringfork.reactor.server..")
                .check(classes);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        // Those of bindings name each other: one finds the provider, the other fulfils.
        slices().matching("dev.ringfork.(reactor|prefork|examples).(**)")
                .should()
                .beFreeOfCycles()
                .check(classes);
    }
}
