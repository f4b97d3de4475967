package dev.whippletree.cli;

import dev.whippletree.cli.logging.LogOutput;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Where the command starts. */
public final class Main {

    private Main() {}

    /**
     * Runs the command and ends the process with its exit code.
     *
     * @param arguments what the user typed behind {@code whippletree}
     */
    public static void main(String[] arguments) {
        Surroundings surroundings = Surroundings.ofProcess();
        System.exit(run(surroundings, arguments));
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
        try {
            return commandLine(surroundings).execute(arguments);
        } catch (LinkageError | OutOfMemoryError | StackOverflowError e) {
            return new Mistakes(surroundings).handle(e);
        } finally {
            surroundings.out().flush();
            surroundings.err().flush();
        }
    }

    static CommandLine commandLine(Surroundings surroundings) {
        CommandLine line = new CommandLine(new WhippletreeCommand())
                .addSubcommand(new AskCommand(surroundings))
                .addSubcommand(new StatusCommand(surroundings))
                .addSubcommand(new InitCommand(surroundings))
                .addSubcommand(new CheckCommand(surroundings))
                .addSubcommand(new PluginsCommand(surroundings))
                .addSubcommand(new CommandLine(new CacheCommand()).addSubcommand(new CacheCommand.Clear(surroundings)))
                .addSubcommand(new StressCommand(surroundings))
                .addSubcommand(new PlanCommand(surroundings))
                .addSubcommand(new EmulateCommand(surroundings))
                .addSubcommand(new CommandLine.HelpCommand());
        WholeNumbers.apply(line);
        HelpLayout.apply(line, ExitCode.HELP);
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
}
