package dev.whippletree.cli;

import dev.whippletree.cli.ask.AskCommand;
import dev.whippletree.cli.base.CommonOptions;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Mistakes;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.ValueConverters;
import dev.whippletree.cli.batch.BatchCommand;
import dev.whippletree.cli.cache.CacheCommand;
import dev.whippletree.cli.chat.ChatCommand;
import dev.whippletree.cli.embed.EmbedCommand;
import dev.whippletree.cli.emulate.EmulateCommand;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.cli.plan.PlanCommand;
import dev.whippletree.cli.serve.ServeCommand;
import dev.whippletree.cli.setup.CheckCommand;
import dev.whippletree.cli.setup.InitCommand;
import dev.whippletree.cli.setup.PluginsCommand;
import dev.whippletree.cli.setup.SchemaCommand;
import dev.whippletree.cli.status.StatusCommand;
import dev.whippletree.cli.stress.StressCommand;
import dev.whippletree.terminal.Signals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** The entry point of the command. */
public final class Main {

    private static final String HELP = "help";
    private static final String COMPLETION = "completion";
    private static final String MAN = "man";
    private static final String SERVE = "serve";
    private static final Set<String> NEED_ALL = Set.of(HELP, COMPLETION, MAN);

    /** With these alone, or nothing, the help lists every command and shows nothing else of it. */
    private static final Set<String> LIST_ALL = Set.of("-h", "--help");

    private Main() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param arguments what the user typed behind {@code whippletree}
     */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(SERVE)) {
            // Would end the process until the gateway is up and handles it.
            Signals.keep("HUP");
        }
        // Looking for Groovy's, picocli would have the JVM open every jar.
        System.setProperty("picocli.disable.closures", "true");
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(run(surroundings, TypedArguments.ofProcess(arguments)));
    }

    /** Runs the command. Blocks until it has ended. Returns one of {@link ExitCode}'s. */
    public static int run(Surroundings surroundings, String... arguments) {
        LogOutput.to(surroundings.err()::println);
        LogOutput.level(false, false);
        int code = execute(surroundings, arguments);
        surroundings.out().flush();
        surroundings.err().flush();
        return surroundings
                .lostOutput()
                .map(loss -> new Mistakes(surroundings).handleLoss(loss, code))
                .orElse(code);
    }

    private static int execute(Surroundings surroundings, String... arguments) {
        try {
            return commandLine(surroundings, arguments).execute(arguments);
        } catch (LinkageError | OutOfMemoryError | StackOverflowError e) {
            return new Mistakes(surroundings).handle(e);
        }
    }

    /** Each command takes time to describe, so where the first argument is one, the others are left out. */
    static CommandLine commandLine(Surroundings surroundings, String... arguments) {
        CommandLine line = new CommandLine(new WhippletreeCommand());
        Map<String, Subcommand> commands = commands(surroundings);
        String first = arguments.length == 0 ? "" : arguments[0];
        if (commands.containsKey(first) && !NEED_ALL.contains(first)) {
            commands.keySet().retainAll(Set.of(first));
        }
        boolean listed = arguments.length == 0 || (arguments.length == 1 && LIST_ALL.contains(first));
        commands.forEach((name, command) -> line.addSubcommand(
                name, listed ? command.title() : command.maker().get()));
        if (!listed) {
            CommonOptions.addTo(line);
        }
        ValueConverters.apply(line);
        HelpLayout.apply(
                line,
                first.equals(MAN)
                        ? ManCommand.COLUMNS
                        : surroundings.terminal().screen().columns());
        Mistakes mistakes = new Mistakes(surroundings);
        return line.setOut(surroundings.out())
                .setErr(surroundings.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        surroundings.terminal().colours() ? Ansi.ON : Ansi.OFF))
                .setExpandAtFiles(false) // A prompt may start with an @.
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(mistakes::handle)
                .setExecutionExceptionHandler(mistakes::handle);
    }

    private static Map<String, Subcommand> commands(Surroundings surroundings) {
        Map<String, Subcommand> commands = new LinkedHashMap<>();
        commands.put("ask", new Subcommand(AskCommand.class, () -> new AskCommand(surroundings)));
        commands.put("batch", new Subcommand(BatchCommand.class, () -> new BatchCommand(surroundings)));
        commands.put("embed", new Subcommand(EmbedCommand.class, () -> new EmbedCommand(surroundings)));
        commands.put("chat", new Subcommand(ChatCommand.class, () -> new ChatCommand(surroundings)));
        commands.put("status", new Subcommand(StatusCommand.class, () -> new StatusCommand(surroundings)));
        commands.put("init", new Subcommand(InitCommand.class, () -> new InitCommand(surroundings)));
        commands.put("check", new Subcommand(CheckCommand.class, () -> new CheckCommand(surroundings)));
        commands.put("schema", new Subcommand(SchemaCommand.class, () -> new SchemaCommand(surroundings)));
        commands.put("plugins", new Subcommand(PluginsCommand.class, () -> new PluginsCommand(surroundings)));
        commands.put(
                "cache",
                new Subcommand(
                        CacheCommand.class,
                        () -> new CommandLine(new CacheCommand()).addSubcommand(new CacheCommand.Clear(surroundings))));
        commands.put("stress", new Subcommand(StressCommand.class, () -> new StressCommand(surroundings)));
        commands.put("plan", new Subcommand(PlanCommand.class, () -> new PlanCommand(surroundings)));
        commands.put(SERVE, new Subcommand(ServeCommand.class, () -> new ServeCommand(surroundings)));
        commands.put("emulate", new Subcommand(EmulateCommand.class, () -> new EmulateCommand(surroundings)));
        commands.put(COMPLETION, new Subcommand(CompletionCommand.class, () -> new CompletionCommand(surroundings)));
        commands.put(MAN, new Subcommand(ManCommand.class, () -> new ManCommand(surroundings)));
        commands.put(HELP, new Subcommand(CommandLine.HelpCommand.class, CommandLine.HelpCommand::new));
        return commands;
    }

    /** A command below the command: what describes it, and what makes it with its options. */
    private record Subcommand(Class<?> type, Supplier<Object> maker) {

        /** Returns no more of it than the list of commands shows, which takes a fraction of the time. */
        CommandSpec title() {
            Command described = type.getAnnotation(Command.class);
            CommandSpec title = CommandSpec.create();
            title.usageMessage()
                    .header(described.header())
                    .description(described.description())
                    .hidden(described.hidden());
            return title;
        }
    }
}
