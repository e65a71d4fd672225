// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.Syscalls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks one after the other, and says what it does as the C program does, line by line:
 * {@code plan,KEY} for each that there is, then {@code run,KEY} and {@code
 * result,KEY,MIN,MEDIAN,BYTES} or {@code failed,KEY,REASON}; nanoseconds of processor time and
 * bytes of the heap for an operation.
 *
 * <p>Arguments: a regular expression for the keys, how many forks, then warm-ups, milliseconds of
 * one, rounds, milliseconds of one. With 0 forks all run in this JVM, one after the other: faster,
 * and what one teaches the JIT compiler is there for the next.
 */
public final class BenchRunner {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Pattern filter;
    private final int[] numbers;

    private BenchRunner(String[] arguments) {
        filter = Pattern.compile(arguments[0]);
        numbers = new int[arguments.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(arguments[i + 1]);
        }
    }

    /** One benchmark with one value of each of its parameters. */
    private record Row(String benchmark, Map<String, String> parameters) {
        /** {@code pipe.writeRead bytes=64}. */
        String key() {
            int method = benchmark.lastIndexOf('.');
            int type = benchmark.lastIndexOf('.', method - 1) + 1;
            String name = benchmark.substring(type, method).replace("Bench", "");
            StringBuilder key = new StringBuilder();
            key.append(Character.toLowerCase(name.charAt(0))).append(name, 1, name.length());
            key.append(benchmark, method, benchmark.length());
            parameters.forEach((parameter, value) ->
                    key.append(' ').append(parameter).append('=').append(value));
            return key.append(wall() ? " wall" : "").toString();
        }

        /** Whether the time of the clock is asked for, and not that of the processor. */
        boolean wall() {
            try {
                String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
                return Class.forName(type).isAnnotationPresent(WallClock.class);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }

        Row with(String parameter, String value) {
            Map<String, String> more = new TreeMap<>(parameters);
            more.put(parameter, value);
            return new Row(benchmark, more);
        }
    }

    /** Runs them. */
    public static void main(String[] arguments) {
        try {
            Syscalls.get();
        } catch (IllegalStateException missing) {
            System.out.println("absent," + missing.getMessage());
            return;
        }
        new BenchRunner(arguments).runAll();
    }

    private void runAll() {
        List<Row> rows = new ArrayList<>();
        for (BenchmarkListEntry entry :
                BenchmarkList.defaultList()
                        .getAll(
                                OutputFormatFactory.createFormatInstance(
                                        System.out, VerboseMode.SILENT),
                                List.of())) {
            rows.addAll(rows(entry));
        }
        rows.removeIf(row -> !filter.matcher(row.key()).find());
        rows.forEach(row -> System.out.println("plan," + row.key()));
        for (Row row : rows) {
            System.out.println("run," + row.key());
            System.out.println(run(row));
        }
    }

    private static List<Row> rows(BenchmarkListEntry entry) {
        List<Row> rows = List.of(new Row(entry.getUsername(), Map.of()));
        for (Map.Entry<String, String[]> parameter :
                new TreeMap<>(entry.getParams().orElse(Map.of())).entrySet()) {
            rows =
                    rows.stream()
                            .flatMap(row ->
                                    List.of(parameter.getValue()).stream()
                                            .map(value -> row.with(parameter.getKey(), value)))
                            .toList();
        }
        return rows;
    }

    private String run(Row row) {
        try {
            Collection<RunResult> results = new Runner(options(row).build()).run();
            return result(row, results.iterator().next());
        } catch (RunnerException e) {
            return "failed," + row.key() + "," + innermost(e);
        }
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null || cause.getSuppressed().length > 0) {
            cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
        }
        return String.valueOf(cause.getMessage()).replace('\n', ' ');
    }

    private ChainedOptionsBuilder options(Row row) {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("^" + Pattern.quote(row.benchmark()) + "$")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .addProfiler(CpuProfiler.class)
                        .forks(numbers[0])
                        .warmupIterations(numbers[1])
                        .warmupTime(TimeValue.milliseconds(numbers[2]))
                        .measurementIterations(numbers[3])
                        .measurementTime(TimeValue.milliseconds(numbers[4]));
        if (numbers[0] > 0) {
            // In one JVM and short rounds it would count what JMH itself allocates.
            options.addProfiler("gc");
        }
        row.parameters().forEach(options::param);
        return options;
    }

    private static double cost(Row row, IterationResult iteration) {
        Result<?> result =
                row.wall()
                        ? iteration.getPrimaryResult()
                        : iteration.getSecondaryResults().get(CpuProfiler.NS);
        return result.getScore();
    }

    private static String result(Row row, RunResult result) {
        double[] rounds =
                result.getBenchmarkResults().stream()
                        .flatMap(fork -> fork.getIterationResults().stream())
                        .mapToDouble(iteration -> cost(row, iteration))
                        .sorted()
                        .toArray();
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return String.format(
                Locale.ROOT,
                "result,%s,%.2f,%.2f,%s",
                row.key(),
                rounds[0],
                rounds[rounds.length / 2],
                allocated == null ? "" : String.valueOf(allocated.getScore()));
    }
}
