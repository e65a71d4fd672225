// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Demultiplexer;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.RingSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class EngineChoiceTest {
    private final Calls calls = new Calls(Syscalls.get());

    static IntStream refusals() {
        return IntStream.of(Errno.ENOSYS, Errno.EPERM, Errno.EACCES);
    }

    @ParameterizedTest
    @EnumSource
    void shouldOpenWhatWasChosen(EngineUnderTest chosen) {
        Syscalls syscalls = chosen.over(Syscalls.get());
        EngineChoice choice = EngineChoice.of(chosen.engine(), chosen.trigger(), syscalls);

        try (Demultiplexer demultiplexer = choice.open(syscalls, RingSettings.DEFAULT)) {
            assertEquals(chosen.trigger(), demultiplexer.trigger());
            assertEquals(Names.of(chosen.engine()), demultiplexer.name());
        }
    }

    @Test
    void shouldChooseEpollWhereThereIsOne() {
        assumeTrue(Platform.current().linux(), "this system has no epoll");

        EngineChoice choice = EngineChoice.of(Engine.AUTO, Trigger.EDGE, Syscalls.get());

        assertEquals("epoll, edge", choice.description());
    }

    @Test
    void shouldSayWhyItChoseTheSecondBest() {
        calls.miss("epoll_create1", "the kernel was built without it");
        calls.miss("kqueue", "this is no Mac");

        EngineChoice choice = EngineChoice.of(Engine.AUTO, Trigger.LEVEL, calls.syscalls());

        assertEquals(
                "poll, level (no epoll: the kernel was built without it; no kqueue: this is no Mac)",
                choice.description());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldDoWithoutAnEpollThatIsForbidden(int errno) {
        assumeTrue(Platform.current().linux(), "this system has no epoll");
        calls.refuse("epoll_create1", errno);

        EngineChoice choice = EngineChoice.of(Engine.AUTO, Trigger.LEVEL, calls.syscalls());

        String why = "epoll_create1(2) gives " + Errno.name(errno) + "; seccomp?";
        assertEquals(Engine.POLL, choice.engine());
        assertTrue(choice.description().contains("(no epoll: " + why), choice.description());
    }

    @Test
    void shouldNotTakeWantOfDescriptorsForWantOfEpoll() {
        assumeTrue(Platform.current().linux(), "this system has no epoll");
        calls.refuse("epoll_create1", Errno.EMFILE);

        EngineChoice choice = EngineChoice.of(Engine.AUTO, Trigger.LEVEL, calls.syscalls());

        assertEquals(Engine.EPOLL, choice.engine());
    }

    @Test
    void shouldRefuseRatherThanChangeAnExplicitChoice() {
        calls.miss("epoll_create1", "the kernel was built without it");

        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> EngineChoice.of(Engine.EPOLL, Trigger.LEVEL, calls.syscalls()));

        assertTrue(e.toString().contains("the kernel was built without it"), e.toString());
        assertTrue(e.toString().contains("--engine poll"), e.toString());
    }

    @Test
    void shouldChooseKqueueWhereThereIsNoEpoll() {
        Syscalls mac = EngineUnderTest.KQUEUE_EDGE.over(Syscalls.get());

        EngineChoice choice = EngineChoice.of(Engine.AUTO, Trigger.EDGE, mac);

        assertEquals("kqueue, edge", choice.description());
    }

    @Test
    void shouldSayThatLinuxHasNoKqueue() {
        assumeTrue(Platform.current().linux(), "this system has kqueue");

        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> EngineChoice.of(Engine.KQUEUE, Trigger.LEVEL, Syscalls.get()));

        assertEquals(
                "the engine kqueue cannot be had here: Linux has no kqueue: use epoll;"
                        + " choose --engine poll",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"POLL, EDGE", "POLL, ONESHOT", "SELECT, EDGE", "SELECT, ONESHOT"})
    void shouldRefuseATriggerThatTheEngineDoesNotHave(Engine engine, Trigger trigger) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> EngineChoice.of(engine, trigger, Syscalls.get()));

        assertEquals(
                Names.of(engine)
                        + " reports levels only: choose --trigger level, or --engine epoll or kqueue where there is one",
                e.getMessage());
    }

    @Test
    void shouldHaveSelectWhetherThereIsEpollOrNot() {
        assertEquals(
                "select, level",
                EngineChoice.of(Engine.SELECT, Trigger.LEVEL, calls.syscalls()).description());
        calls.miss("epoll_create1", "the kernel was built without it");

        assertEquals(
                "select, level",
                EngineChoice.of(Engine.SELECT, Trigger.LEVEL, calls.syscalls()).description());
    }

    private static void requireRings() {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
    }

    @Test
    void shouldTakeARingForAProactor() {
        requireRings();
        EngineChoice choice = EngineChoice.completing(Engine.AUTO, Trigger.LEVEL, calls.syscalls());

        assertEquals(Engine.IO_URING, choice.engine());
        assertTrue(choice.description().startsWith("io_uring"), choice.description());
    }

    @Test
    void shouldSayWhatARingDoesWithout() {
        requireRings();
        calls.refuse("io_uring_setup", Errno.EINVAL);

        EngineChoice choice = EngineChoice.of(Engine.IO_URING, Trigger.LEVEL, calls.syscalls());

        assertEquals("io_uring without NO_SQARRAY", choice.description());
    }

    @Test
    void shouldTakeEpollForAProactorWhereRingsAreForbidden() {
        requireRings();
        calls.refuse("io_uring_setup", Errno.EPERM);

        EngineChoice choice = EngineChoice.completing(Engine.AUTO, Trigger.LEVEL, calls.syscalls());

        assertEquals(
                "epoll, level (io_uring: io_uring_setup(2) gives EPERM; sysctl kernel.io_uring_disabled, or seccomp?)",
                choice.description());
    }

    @Test
    void shouldRefuseAnExplicitRingThatIsForbidden() {
        requireRings();
        calls.refuse("io_uring_setup", Errno.EPERM);

        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> EngineChoice.of(Engine.IO_URING, Trigger.LEVEL, calls.syscalls()));

        assertTrue(e.toString().contains("kernel.io_uring_disabled"), e.toString());
        assertTrue(e.toString().contains("`ringfork probe`"), e.toString());
    }
}
