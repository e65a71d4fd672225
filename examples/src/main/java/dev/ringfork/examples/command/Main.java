// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.examples.forklab.Plan;
import dev.ringfork.prefork.Spawn;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.master.Scale;
import dev.ringfork.prefork.master.Share;
import dev.ringfork.prefork.service.Processors;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Engine;
import dev.ringfork.reactor.server.LoopAccept;
import dev.ringfork.reactor.server.RingUse;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * The {@code ringfork} command.
 *
 * <p>Exit codes: 0 it was done (a server that drained, too), 1 it could not be done, 2 it made no
 * sense, 3 no worker can start, 4 the workers refuse the configuration.
 */
@Command(
        name = "ringfork",
        description = "Servers on the bare system calls, in Java.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Begin with: ringfork serve", "Flags of a command: ringfork serve --help"})
public final class Main implements Runnable {
    private static final int USAGE_COLUMNS = 100;
    private static final Map<String, Function<Console, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", ServeCommand::new);
        COMMANDS.put("echo", EchoCommand::new);
        COMMANDS.put("example", ExampleCommand::new);
        COMMANDS.put("ctl", CtlCommand::new);
        COMMANDS.put("top", TopCommand::new);
        COMMANDS.put("proxy", ProxyCommand::new);
        COMMANDS.put("ping", PingCommand::new);
        COMMANDS.put("loss", LossCommand::new);
        COMMANDS.put("probe", ProbeCommand::new);
        COMMANDS.put("selftest", SelftestCommand::new);
        COMMANDS.put("forklab", ForklabCommand::new);
        COMMANDS.put("syscalls", SyscallsCommand::new);
        COMMANDS.put("signal-echo", SignalEchoCommand::new);
        COMMANDS.put("aio-copy", AioCopyCommand::new);
        COMMANDS.put("warm", WarmCommand::new);
    }

    private final PrintStream out;

    @Spec private @Nullable CommandSpec spec;

    private Main(PrintStream out) {
        this.out = out;
    }

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.getenv(), System.out, System.err));
    }

    /** Runs a command and returns its exit code. */
    static int run(
            String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        String first = arguments.length == 0 ? "" : arguments[0];
        CommandLine all = new CommandLine(new Main(out));
        COMMANDS.forEach((name, command) -> {
            // To describe a command costs milliseconds of every start: only the one asked
            // for is described.
            if (name.equals(first) || !COMMANDS.containsKey(first)) {
                Console console = new Console("ringfork " + name, out, err);
                all.addSubcommand(describe(command.apply(console)));
            }
        });
        return all.registerConverter(Arrangement.class, Arrangement::parse)
                .registerConverter(LoopAccept.class, new Word<>(LoopAccept.class))
                .registerConverter(Engine.class, new Word<>(Engine.class))
                .registerConverter(Trigger.class, new Word<>(Trigger.class))
                .registerConverter(Switch.class, new Word<>(Switch.class))
                .registerConverter(AcceptStrategy.class, new Word<>(AcceptStrategy.class))
                .registerConverter(AcceptMutexKind.class, new Word<>(AcceptMutexKind.class))
                .registerConverter(Scale.Mode.class, new Word<>(Scale.Mode.class))
                .registerConverter(Shots.class, new Word<>(Shots.class))
                .registerConverter(RingUse.Incremental.class, new Word<>(RingUse.Incremental.class))
                .registerConverter(Size.class, Size::parse)
                .registerConverter(Span.class, Span::parse)
                .registerConverter(Provider.class, new Word<>(Provider.class))
                .registerConverter(Spawn.class, new Word<>(Spawn.class))
                .registerConverter(Plan.Collector.class, new Word<>(Plan.Collector.class))
                .registerConverter(WorkerCount.class, WorkerCount::parse)
                .registerConverter(Share.class, Share::parse)
                .registerConverter(Processors.class, Processors::parse)
                .registerConverter(SqPoll.class, SqPoll::parse)
                .registerConverter(int.class, Main::wholeNumber)
                .registerConverter(Integer.class, Main::wholeNumber)
                .setDefaultValueProvider(new EnvironmentDefaults(environment))
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler((e, given) ->
                        refuse(
                                e.getCommandLine(),
                                Refusal.usage(ParseErrors.sentence(e, given), e),
                                err))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> refuse(command, Explanation.of(e), err))
                .setUsageHelpWidth(USAGE_COLUMNS)
                .setOut(new PrintWriter(out, true, UTF_8))
                .execute(arguments);
    }

    /** One command, with the help that all have in common. */
    private static CommandLine describe(Object body) {
        CommandLine command = new CommandLine(body);
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Show this.")
                                .build())
                .addOption(Provider.option())
                .usageMessage()
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Each flag with a value is a variable too, RINGFORK_MAX_CONNECTIONS for"
                                + " --max-connections; a flag wins.",
                        "TIME is 500ms, 20s, 5m or 1h. SIZE is a number of bytes, or 8k, 1m, 2g.");
        return command;
    }

    private static int refuse(CommandLine command, Refusal refusal, PrintStream err) {
        if (refusal.getMessage() != null) {
            err.println(command.getCommandSpec().qualifiedName() + ": " + refusal.getMessage());
        }
        if (Boolean.getBoolean("ringfork.debug")) {
            refusal.printStackTrace(err);
        }
        return refusal.exitCode();
    }

    private static int wholeNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is not a whole number".formatted(text), e);
        }
    }

    /** Without a command: shows which there are. */
    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(out);
        }
    }

    /** What {@code --version} says. */
    static final class Version implements IVersionProvider {

        /** The number alone. */
        static String number() {
            ModuleDescriptor module = Main.class.getModule().getDescriptor();
            return module == null ? "unversioned" : module.rawVersion().orElse("unversioned");
        }

        @Override
        public String[] getVersion() {
            return new String[] {
                "ringfork %s (Java %s, %s %s, %s)"
                        .formatted(
                                number(),
                                Runtime.version(),
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch"))
            };
        }
    }
}
