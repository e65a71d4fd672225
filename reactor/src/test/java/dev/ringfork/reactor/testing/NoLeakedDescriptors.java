// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Fails a test class after which more is open than before it. */
public final class NoLeakedDescriptors implements BeforeAllCallback, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(NoLeakedDescriptors.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (OpenDescriptors.known()) {
            openWhatStaysOpen();
            context.getStore(NAMESPACE).put("before", OpenDescriptors.list());
        }
    }

    /** The JDK keeps descriptors of its own from the first socket of each kind on. */
    private static void openWhatStaysOpen() throws IOException {
        Syscalls.get();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket accepted = listener.accept();
                SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.setSoTimeout(1);
            accepted.setSoTimeout(1);
            unix.configureBlocking(true);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<?> before = context.getStore(NAMESPACE).get("before", List.class);
        if (before != null) {
            List<String> leaked = new ArrayList<>(OpenDescriptors.list());
            before.forEach(leaked::remove);
            assertEquals(List.of(), leaked, "left open");
        }
    }
}
