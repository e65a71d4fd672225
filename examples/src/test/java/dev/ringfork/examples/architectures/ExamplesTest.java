// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the examples promise, as a client sees it. */
@Timeout(20)
final class ExamplesTest {
    private final List<Server> servers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    private record Client(Socket socket, BufferedReader in) {
        Client say(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            return this;
        }

        String line() throws IOException {
            return in.readLine();
        }
    }

    private void start(Function<Address, Server> example) {
        servers.add(example.apply(Address.parse("127.0.0.1:0")));
    }

    private Client connect() throws IOException {
        String address = servers.getLast().addresses().getFirst().toString();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        clients.add(
                new Client(
                        socket,
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))));
        return clients.getLast();
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Client client : clients) {
            client.socket().close();
        }
        servers.forEach(Server::close);
    }

    @Test
    void shouldCountVisitorsOneAfterTheOther() throws IOException {
        start(SerialGuestBook::start);
        Client first = connect();
        Client second = connect();
        assertEquals("You are visitor 1. Enter to leave.", first.line());

        first.say("\n");

        assertEquals(null, first.line());
        assertEquals("You are visitor 2. Enter to leave.", second.line());
    }

    @Test
    void shouldAnswerBesideASleeper() throws IOException {
        start(ThreadPerConnectionSleeper::start);
        Client sleeping = connect().say("400\n");
        Client quick = connect().say("1\nsoon\n");

        assertEquals("slept 1", quick.line());
        assertEquals("how many milliseconds?", quick.line());
        assertEquals("slept 400", sleeping.line());
    }

    @Test
    void shouldHashForMoreClientsThanThreads() throws IOException {
        start(ThreadPoolHash::start);
        List<Client> many = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            many.add(connect().say("secret\n"));
        }

        for (Client client : many) {
            String line = client.line();
            assertTrue(line.matches("[0-9a-f]{32}:[0-9a-f]{64}"), line);
            assertEquals(null, client.line());
        }
    }

    @Test
    void shouldSwapLines() throws IOException {
        start(VirtualThreadsSwap::start);
        Client one = connect().say("tea\n");
        Client other = connect().say("coffee\n");

        assertEquals("coffee", one.line());
        assertEquals("tea", other.line());
    }

    @Test
    void shouldShout() throws IOException {
        start(ReactorShout::start);

        assertEquals("HELLO", connect().say("hello\n").line());
    }

    @Test
    void shouldTurnLettersByHalfTheAlphabet() throws IOException {
        start(ProactorCipher::start);
        Client client = connect();

        assertEquals("Uryyb, Jbeyq 1!", client.say("Hello, World 1!\n").line());
        assertEquals("Hello, World 1!", client.say("Uryyb, Jbeyq 1!\n").line());
    }

    @Test
    void shouldLetEverybodyHear() throws IOException {
        start(MultiReactorChat::start);
        List<Client> all = List.of(connect(), connect(), connect(), connect());
        // Who has heard itself is in the room.
        for (Client client : all) {
            client.say("here\n");
            assertEquals("here", client.line());
        }
        all.getLast().say("bye\n");

        for (Client client : all) {
            String line = client.line();
            while (line.equals("here")) {
                line = client.line();
            }
            assertEquals("bye", line);
        }
    }

    @Test
    void shouldFindPrimes() throws IOException {
        start(ReactorPoolPrimes::start);
        Client client = connect().say("10\n1e3\nx\n1e999999\n");

        assertEquals("11", client.line());
        assertEquals("1009", client.line());
        assertEquals("not a number", client.line());
        assertEquals("that would take too long", client.line());
    }

    @Test
    void shouldTakeTheHighestBid() throws IOException {
        start(SimulatedProactorAuction::start);
        Client first = connect().say("100\n");
        assertEquals("you lead with 100", first.line());
        Client second = connect().say("99\n101\nx\n");

        assertEquals("too low: 100 is bid", second.line());
        assertEquals("you lead with 101", second.line());
        assertEquals("not a number", second.line());
    }

    @Test
    void shouldPackLines() throws IOException {
        start(HalfSyncHalfAsyncPacker::start);
        Client client = connect().say("a".repeat(1000) + "\n\n");

        String line = client.line();
        assertTrue(line.matches("1000 bytes, packed \\d\\d"), line);
        assertTrue(client.line().startsWith("0 bytes"));
    }

    @Test
    void shouldTakeLettersFromManySlowWriters() throws IOException {
        start(BufferedPoolLetters::start);
        List<Client> slow = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            slow.add(connect().say("Dear server,\n."));
        }

        assertEquals("a letter of 5 bytes", connect().say("hi\n.\n").line());

        for (Client client : slow) {
            assertEquals("a letter of 15 bytes", client.say("\n").line());
        }
    }

    @Test
    void shouldDigestWhatIsSent() throws IOException {
        start(LeaderFollowersDigest::start);
        Client client = connect().say("abc");
        client.socket().shutdownOutput();

        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", client.line());
        assertEquals(null, client.line());
    }
}
