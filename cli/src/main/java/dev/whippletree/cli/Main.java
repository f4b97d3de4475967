package dev.whippletree.cli;

import dev.whippletree.cli.ask.AskCommand;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Mistakes;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.batch.BatchCommand;
import dev.whippletree.cli.cache.CacheCommand;
import dev.whippletree.cli.chat.ChatCommand;
import dev.whippletree.cli.emulate.EmulateCommand;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.cli.plan.PlanCommand;
import dev.whippletree.cli.serve.ServeCommand;
import dev.whippletree.cli.setup.CheckCommand;
import dev.whippletree.cli.setup.InitCommand;
import dev.whippletree.cli.setup.PluginsCommand;
import dev.whippletree.cli.similar.SimilarCommand;
import dev.whippletree.cli.status.StatusCommand;
import dev.whippletree.cli.stress.StressCommand;
import dev.whippletree.cli.stress.StressPartCommand;
import dev.whippletree.cli.stress.processes.StressPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The entry point of the command. */
public final class Main {

    private static final String HELP = "help";
    private static final String COMPLETION = "completion";
    private static final Set<String> NEED_ALL = Set.of(HELP, COMPLETION);

    private Main() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param arguments what the user typed behind {@code whippletree}
     */
    public static void main(String[] arguments) {
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(run(surroundings, TypedArguments.ofProcess(arguments)));
    }

    /**
     * Runs the command. Blocks until it has ended.
     *
     * @param surroundings what it reads and where it prints
     * @param arguments what the user typed behind {@code whippletree}
     * @return one of {@link ExitCode}'s
     */
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
    private static CommandLine commandLine(Surroundings surroundings, String... arguments) {
        CommandLine line = new CommandLine(new WhippletreeCommand());
        Map<String, Supplier<Object>> commands = commands(surroundings);
        String first = arguments.length == 0 ? "" : arguments[0];
        if (commands.containsKey(first) && !NEED_ALL.contains(first)) {
            commands.keySet().retainAll(Set.of(first));
        }
        commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
        WholeNumbers.apply(line);
        HelpLayout.apply(line, surroundings.terminal().screen().columns());
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

    private static Map<String, Supplier<Object>> commands(Surroundings surroundings) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("ask", () -> new AskCommand(surroundings));
        commands.put("batch", () -> new BatchCommand(surroundings));
        commands.put("chat", () -> new ChatCommand(surroundings));
        commands.put("status", () -> new StatusCommand(surroundings));
        commands.put("init", () -> new InitCommand(surroundings));
        commands.put("check", () -> new CheckCommand(surroundings));
        commands.put("plugins", () -> new PluginsCommand(surroundings));
        commands.put(
                "cache", () -> new CommandLine(new CacheCommand()).addSubcommand(new CacheCommand.Clear(surroundings)));
        commands.put(
                "similar",
                () -> new CommandLine(new SimilarCommand())
                        .addSubcommand(new SimilarCommand.Approve(surroundings))
                        .addSubcommand(new SimilarCommand.Listing(surroundings)));
        commands.put("stress", () -> new StressCommand(surroundings));
        commands.put(StressPart.COMMAND, () -> new StressPartCommand(surroundings));
        commands.put("plan", () -> new PlanCommand(surroundings));
        commands.put("serve", () -> new ServeCommand(surroundings));
        commands.put("emulate", () -> new EmulateCommand(surroundings));
        commands.put(COMPLETION, () -> new CompletionCommand(surroundings));
        commands.put(HELP, CommandLine.HelpCommand::new);
        return commands;
    }
}
