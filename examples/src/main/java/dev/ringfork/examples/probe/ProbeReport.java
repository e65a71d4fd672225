// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.probe;

import dev.ringfork.prefork.control.Json;
import dev.ringfork.reactor.uring.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes what was found, for people or for programs. */
public final class ProbeReport {
    private ProbeReport() {}

    /** Lines to read and to paste. */
    public static List<String> text(Probed found) {
        List<String> lines = new ArrayList<>();
        found.facts().forEach((name, value) -> lines.add("%-28s%s".formatted(name, value)));
        lines.add("");
        found.engines()
                .forEach((name, value) -> lines.add("%-28s%s".formatted("engine " + name, value)));
        lines.add("");
        if (found.ringless()) {
            String reason = found.features().getFirst().detail();
            lines.add("%-28s%s".formatted("features of io_uring", "none: " + reason));
        } else {
            found.features().forEach(feature -> lines.add(line(feature)));
        }
        lines.add("");
        lines.add(
                "--architecture proactor --engine auto takes %s (%s)"
                        .formatted(found.choice(), found.why()));
        return lines;
    }

    private static String line(Features.Result feature) {
        String verdict = feature.works() ? "works" : "no";
        String detail = feature.detail().isEmpty() ? "" : ", " + feature.detail();
        return "%-12s%-26s%s%s".formatted(feature.group(), feature.name(), verdict, detail);
    }

    /** One object, on one line. */
    public static String json(Probed found) {
        String features =
                found.features().stream()
                        .map(ProbeReport::object)
                        .collect(Collectors.joining(",", "[", "]"));
        return "{\"facts\":%s,\"engines\":%s,\"features\":%s,\"auto\":{\"engine\":%s,\"why\":%s}}"
                .formatted(
                        Json.write(found.facts()),
                        Json.write(found.engines()),
                        features,
                        Json.quoted(found.choice()),
                        Json.quoted(found.why()));
    }

    private static String object(Features.Result feature) {
        return "{\"group\":%s,\"name\":%s,\"works\":%b,\"detail\":%s}"
                .formatted(
                        Json.quoted(feature.group()),
                        Json.quoted(feature.name()),
                        feature.works(),
                        Json.quoted(feature.detail()));
    }
}
