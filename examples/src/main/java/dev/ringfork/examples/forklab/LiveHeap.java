// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32;

/** Objects that live for ever, and how they were: collectors must move or keep them as they are. */
final class LiveHeap {
    private static final int NODE_BYTES = 1024;

    /** More links than that are broken at once, so that lists and not one list are traced. */
    private static final int CHAIN = 64;

    private static final class Node {
        private final byte[] bytes;
        private final Object next;

        Node(byte[] bytes, Object next) {
            this.bytes = bytes;
            this.next = next;
        }
    }

    /** A node and the number that the machine has given it, which is kept in its header. */
    private record Numbered(Node node, int identity) {}

    private static final Object END = new Object();
    private final List<Numbered> heads = new ArrayList<>();
    private final long sum;

    LiveHeap(long bytes) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        Object last = END;
        for (long done = 0; done < bytes; done += NODE_BYTES) {
            byte[] content = new byte[NODE_BYTES];
            random.nextBytes(content);
            Node node = new Node(content, last);
            last = node;
            if (done / NODE_BYTES % CHAIN == CHAIN - 1) {
                heads.add(new Numbered(node, System.identityHashCode(node)));
                last = END;
            }
        }
        sum = sum();
    }

    private long sum() {
        CRC32 crc = new CRC32();
        for (Numbered head : heads) {
            Object each = head.node();
            while (each instanceof Node node) {
                crc.update(node.bytes);
                each = node.next;
            }
        }
        return crc.getValue();
    }

    /** Goes through all of it. */
    void verify() throws Broken {
        Broken.unlessEqual("the checksum of what lives", sum, sum());
        for (Numbered head : heads) {
            int identity = System.identityHashCode(head.node());
            Broken.unlessEqual("an identity hash code", head.identity(), identity);
        }
    }
}
