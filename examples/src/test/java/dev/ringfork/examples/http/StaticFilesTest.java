// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StaticFilesTest {
    private static final String MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";

    @TempDir private Path folder;

    @BeforeEach
    void fill() throws IOException {
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.writeString(folder.resolve("secret.txt"), "secret");
        write(root.resolve("a.txt"), "0123456789");
        write(root.resolve("empty.css"), "");
        write(root.resolve("a b+c\u00e9.html"), "odd");
        write(root.resolve(".hidden"), "hidden");
        write(Files.createDirectory(root.resolve("sub")).resolve("index.html"), "index");
        Files.createDirectory(root.resolve("bare"));
        write(Files.createDirectory(root.resolve(".git")).resolve("config"), "hidden");
        write(Files.createDirectory(root.resolve(".well-known")).resolve("x"), "known");
        Files.createSymbolicLink(root.resolve("link.txt"), folder.resolve("secret.txt"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("1994-11-06T08:49:37.5Z")));
    }

    private RecordingConnection connect() {
        return new RecordingConnection(
                new HttpProtocol(ExampleApplication.handler("hi", folder.resolve("root"))));
    }

    private String ask(String method, String target, String... fields) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: a\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return connect().send(head + "\r\n").text();
    }

    private String get(String target, String... fields) {
        return ask("GET", target, fields);
    }

    private static void assertStatus(int status, String text) {
        assertTrue(text.startsWith("HTTP/1.1 " + HttpStatus.line(status) + "\r\n"), text);
    }

    @Test
    void shouldSendAFile() {
        String text = get("/files/a.txt");
        assertStatus(200, text);
        assertTrue(text.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"), text);
        assertTrue(text.contains("\r\nLast-Modified: " + MODIFIED + "\r\n"), text);
        assertTrue(text.contains("\r\nContent-Length: 10\r\n"), text);
        assertTrue(text.endsWith("\r\n\r\n0123456789"), text);
    }

    @Test
    void shouldDescribeAFileToHead() {
        String text = ask("HEAD", "/files/a.txt");
        assertTrue(text.contains("\r\nContent-Length: 10\r\n"), text);
        assertTrue(text.endsWith("\r\n\r\n"), text);
    }

    @Test
    void shouldSendFilesOneAfterTheOther() {
        String request = "GET /files/a.txt HTTP/1.1\r\nHost: a\r\n\r\n";
        String text = connect().send(request.repeat(3)).text();
        assertEquals(3, text.split("\r\n\r\n0123456789", -1).length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "/files/empty.css, ''",
        "/files/a%20b+c%C3%a9.html, odd",
        "/files/sub/, index",
        "/files/sub//index.html, index",
        "/files//a.txt, 0123456789",
        "/files/a.txt?x=/../, 0123456789",
        "/files/.well-known/x, known",
        "/files/%61.txt, 0123456789",
        "/files/link.txt, secret",
        "http://b/files/a.txt, 0123456789",
    })
    void shouldFind(String target, String content) {
        String text = get(target);
        assertStatus(200, text);
        assertEquals(content, text.substring(text.indexOf("\r\n\r\n") + 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/none",
                "/files/a.txt/",
                "/files/a.txt/b",
                "/files/bare/",
                "/files/",
                "/files/.hidden",
                "/files/%2ehidden",
                "/files/.git/config",
                "/files/sub/../a.txt",
                "/files/./a.txt",
                "/files/../secret.txt",
                "/files/sub/../../secret.txt",
                "/files/%2e%2e/secret.txt",
                "/files/.%2e/secret.txt",
                "/files/%2E%2E%2Fsecret.txt",
                "/files/..%2fsecret.txt",
                "/files/sub%2findex.html",
                "/files/..;/secret.txt",
                "/files/..\\secret.txt",
                "/files/%c0%ae%c0%ae/secret.txt",
                "/files//../secret.txt",
                "/files/.well-known/../a.txt",
                "/files/.well-knownx",
            })
    void shouldNotFind(String target) {
        assertStatus(404, get(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/files/a%", "/files/a%2", "/files/a%zz", "/files/a.txt%00.html"})
    void shouldRefuseWhatIsNoEncoding(String target) {
        assertStatus(400, get(target));
    }

    @Test
    void shouldNotFindANameThatIsTooLong() {
        assertStatus(404, get("/files/" + "a".repeat(300)));
        assertStatus(404, get("/files/" + "a/".repeat(3000)));
    }

    @Test
    void shouldNotBeBlockedByAPipe() throws IOException, InterruptedException {
        Path pipe = folder.resolve("root/pipe");
        int exit = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        assumeTrue(exit == 0, "mkfifo is not here");
        assertStatus(404, get("/files/pipe"));
    }

    @Test
    void shouldAddTheSlashOfAFolder() {
        String text = get("/files/sub?a=b");
        assertStatus(301, text);
        assertTrue(text.contains("\r\nLocation: /files/sub/?a=b\r\n"), text);
        assertEquals("404", get("//files/sub").substring(9, 12), "no other server is named");
    }

    @Test
    void shouldRefuseOtherMethods() {
        String text = ask("POST", "/files/a.txt", "Content-Length: 0");
        assertStatus(405, text);
        assertTrue(text.contains("\r\nAllow: GET, HEAD\r\n"), text);
    }

    @Test
    void shouldRefuseWhatMayNotBeRead() throws IOException {
        Path file = folder.resolve("root/locked");
        Files.writeString(file, "x");
        assumeTrue(file.toFile().setReadable(false) && !Files.isReadable(file), "run as root");
        assertStatus(403, get("/files/locked"));
    }

    @ParameterizedTest
    @CsvSource({
        "'Sun, 06 Nov 1994 08:49:37 GMT', 304",
        "'Sun, 06 Nov 1994 08:49:38 GMT', 304",
        "'Sun, 06 Nov 1994 08:49:36 GMT', 200",
        "'sometime', 200",
    })
    void shouldSendOnlyWhatWasModified(String since, int status) {
        String text = get("/files/a.txt", "If-Modified-Since: " + since);
        assertStatus(status, text);
        assertEquals(status == 304, text.endsWith("\r\n\r\n"));
    }

    @Test
    void shouldNotCompareDatesWhereTagsAreCompared() {
        String since = "If-Modified-Since: " + MODIFIED;
        assertStatus(200, get("/files/a.txt", since, "If-None-Match: \"x\""));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-3, 0123, 0-3",
        "bytes=8-, 89, 8-9",
        "bytes=8-100, 89, 8-9",
        "bytes=-3, 789, 7-9",
        "bytes=-100, 0123456789, 0-9",
        "bytes=9-9, 9, 9-9",
    })
    void shouldSendAPart(String range, String content, String sent) {
        String text = get("/files/a.txt", "Range: " + range);
        assertStatus(206, text);
        assertTrue(text.contains("\r\nContent-Range: bytes " + sent + "/10\r\n"), text);
        assertTrue(text.endsWith("\r\n\r\n" + content), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0"})
    void shouldRefuseAPartThatIsNotThere(String range) {
        String text = get("/files/a.txt", "Range: " + range);
        assertStatus(416, text);
        assertTrue(text.contains("\r\nContent-Range: bytes */10\r\n"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=0-1,3-4",
                "bytes=3-2",
                "bytes=-",
                "bytes=a-b",
                "bytes=+1-2",
                "bytes=0-1 ",
                "bytes 0-1",
                "chars=0-1",
                "bytes=0-99999999999999999999"
            })
    void shouldIgnoreAPartThatIsNotUnderstood(String range) {
        assertNull(ByteRange.parse(range, 10));
    }

    @Test
    void shouldSendAPartOnlyOfTheFileThatIsMeant() {
        String range = "Range: bytes=0-3";
        assertStatus(206, get("/files/a.txt", range, "If-Range: " + MODIFIED));
        assertStatus(200, get("/files/a.txt", range, "If-Range: Sun, 06 Nov 1994 08:49:38 GMT"));
        assertStatus(200, get("/files/a.txt", range, "If-Range: \"tag\""));
        assertFalse(ask("HEAD", "/files/a.txt", range).contains("Content-Range"));
    }

    @Test
    void shouldLeakNoDescriptor() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors), "descriptors cannot be counted here");
        get("/files/a.txt");
        long before = count(descriptors);
        for (int i = 0; i < 50; i++) {
            get("/files/a.txt");
            ask("HEAD", "/files/a.txt");
            get("/files/empty.css");
            get("/files/sub");
            get("/files/bare/");
            get("/files/a.txt", "Range: bytes=10-");
            get("/files/a.txt", "If-Modified-Since: " + MODIFIED);
        }
        assertTrue(count(descriptors) - before < 10, "descriptors were left open");
    }

    private static long count(Path descriptors) throws IOException {
        try (var entries = Files.list(descriptors)) {
            return entries.count();
        }
    }
}
