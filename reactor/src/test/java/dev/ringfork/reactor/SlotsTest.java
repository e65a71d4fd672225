// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SlotsTest {
    private static final class Thing extends Slots.Entry {}

    @Test
    void shouldFindWhatIsThereByItsToken() {
        Slots<Thing> slots = new Slots<>();
        List<Thing> things = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            things.add(new Thing());
            slots.add(things.getLast());
        }
        for (Thing thing : things) {
            assertSame(thing, slots.find(thing.token()));
        }
    }

    @Test
    void shouldCountWhatIsThere() {
        Slots<Thing> slots = new Slots<>();
        Thing first = new Thing();
        Thing second = new Thing();
        slots.add(first);
        slots.add(second);
        assertEquals(2, slots.count());
        slots.remove(first);
        assertEquals(1, slots.count());
        slots.add(first);
        slots.remove(second);
        slots.remove(first);
        assertEquals(0, slots.count());
    }

    @Test
    void shouldNotFindTheNextInASlotByTheTokenOfTheLast() {
        Slots<Thing> slots = new Slots<>();
        Thing thing = new Thing();
        long first = slots.add(thing);
        slots.remove(thing);
        assertNull(slots.find(first));
        long second = slots.add(thing);
        assertNotEquals(first, second);
        assertNull(slots.find(first));
        assertSame(thing, slots.find(second));
    }

    @Test
    void shouldGiveNoSmallTokenWhenTheGenerationsBeginAnew() {
        Slots<Thing> slots = new Slots<>(-3);
        for (int i = 0; i < 6; i++) {
            Thing thing = new Thing();
            long token = slots.add(thing);
            assertNotEquals(0, token >>> 32, "a token without a generation");
            assertSame(thing, slots.find(token));
            slots.remove(thing);
            assertEquals(null, slots.find(token));
        }
    }
}
