// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.uring.Features.Result;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeakedDescriptors.class)
final class FeaturesTest {
    private final Calls calls = new Calls(Syscalls.get());

    private static void requireRings() {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
    }

    private static Result of(List<Result> results, String name) {
        return results.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void shouldHaveAResultForEachFeature() throws InterruptedException {
        List<Result> results = Features.tryAll(Syscalls.get());

        assertEquals(
                Features.all().stream().map(each -> each.group() + each.name()).toList(),
                results.stream().map(each -> each.group() + each.name()).toList());
        assertEquals(
                results.size(),
                results.stream().map(each -> each.group() + each.name()).distinct().count());
        for (Result result : results) {
            assertTrue(result.works() || !result.detail().isEmpty(), () -> "no reason: " + result);
            assertFalse(result.detail().contains("completed in"), () -> "it hangs: " + result);
        }
    }

    @Test
    void shouldSayWhyAFeatureThatIsRequiredDoesNotWork() {
        calls.refuse("io_uring_setup", Errno.EPERM, Errno.EPERM);

        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class,
                        () -> Features.require(calls.syscalls(), "buffer ring"));

        assertTrue(
                String.valueOf(refused.getMessage()).startsWith("buffer ring: "),
                refused::toString);
    }

    @Test
    void shouldRequireAFeatureThatWorks() {
        requireRings();
        int setupsOfAll = 10;

        Features.require(calls.syscalls(), "buffer ring");

        assertTrue(calls.count("io_uring_setup") < setupsOfAll, "the others were tried too");
        assertThrows(
                IllegalArgumentException.class,
                () -> Features.require(calls.syscalls(), "no such feature"));
    }

    @Test
    void shouldFindWhatARingsOwnCodeReliesOn() throws InterruptedException {
        requireRings();
        List<Result> results = Features.tryAll(Syscalls.get());

        for (String name : List.of("buffer ring", "multishot accept", "multishot recv")) {
            assertTrue(of(results, name).works(), () -> of(results, name).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 38})
    void shouldSayForEachFeatureThatRingsAreForbidden(int errno) throws InterruptedException {
        requireRings();
        calls.refuse("io_uring_setup", errno);

        List<Result> results = Features.tryAll(calls.syscalls());

        for (Result result : results) {
            assertFalse(result.works(), result::toString);
            String reason = "io_uring_setup(2) gives " + Errno.name(errno) + "; ";
            assertTrue(result.detail().startsWith(reason), result::toString);
        }
    }

    @Test
    void shouldSayForEachFeatureThatThisSystemHasNoRings() throws InterruptedException {
        calls.miss("io_uring_setup", "this is no Linux");

        for (Result result : Features.tryAll(calls.syscalls())) {
            assertEquals("this is no Linux", result.detail());
        }
    }

    @Test
    void shouldGiveTheReasonOfOneFeatureAlone() throws InterruptedException {
        requireRings();
        // The first ring shows that there are rings; the second one is that of the first feature.
        int[] setups = {0};
        calls.before(
                "io_uring_setup",
                () -> {
                    setups[0]++;
                    if (setups[0] == 2) {
                        calls.refuse("io_uring_setup", Errno.EINVAL);
                    }
                });

        List<Result> results = Features.tryAll(calls.syscalls());

        assertEquals(
                new Result(
                        "setup",
                        "CQSIZE",
                        false,
                        "EINVAL: this kernel does not know it (io_uring_setup)"),
                results.getFirst());
        assertTrue(of(results, "CLAMP").works(), results::toString);
    }

    @Test
    void shouldNameTheFlagsThatARingDoesWithout() {
        requireRings();
        assertEquals("", new RingSupport(null, List.of()).without());
        calls.refuse("io_uring_setup", Errno.EINVAL);

        RingSupport here = RingSupport.find(calls.syscalls());

        assertNull(here.absence());
        assertEquals(List.of("NO_SQARRAY"), here.missing());
        assertEquals(" without NO_SQARRAY", here.without());
    }
}
