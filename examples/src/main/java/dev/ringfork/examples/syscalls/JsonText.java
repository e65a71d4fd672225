// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import dev.ringfork.prefork.control.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** The figures as JSON. */
public final class JsonText {
    private JsonText() {}

    /** An object: what figures depend on, then a list of calls, each with an object by column. */
    public static String of(Figures figures, Surroundings surroundings, boolean coarse) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", surroundings.machine());
        all.put("java", surroundings.java());
        all.put("load", surroundings.load());
        all.put("when", surroundings.when());
        all.put("coarse", coarse);
        all.put("failures", figures.failures());
        all.put("calls", figures.calls().stream().map(call -> row(figures, call)).toList());
        return Json.write(all) + "\n";
    }

    private static Map<String, Object> row(Figures figures, String call) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("call", call);
        for (Column column : figures.columns()) {
            Figure figure = figures.figure(call, column);
            if (figure != null) {
                row.put(column.id(), values(figure));
            }
        }
        return row;
    }

    private static Map<String, Object> values(Figure figure) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("minNs", figure.minNs());
        values.put("medianNs", figure.medianNs());
        if (figure.bytes() != null) {
            values.put("bytes", figure.bytes());
        }
        return values;
    }
}
