package dev.whippletree.cli;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script by which a shell completes commands and options. */
@Command(
        name = "completion",
        description = "Prints a script for bash, zsh or fish that completes commands and options.",
        footer = {
            "  source <(whippletree completion)               in this shell, or in ~/.bashrc for each",
            "  whippletree completion > /etc/bash_completion.d/whippletree",
            "  whippletree completion fish > ~/.config/fish/completions/whippletree.fish"
        })
final class CompletionCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(
            arity = "0..1",
            paramLabel = "SHELL",
            defaultValue = "bash",
            description = "bash, zsh or fish; default: ${DEFAULT-VALUE}, whose script zsh reads, too.")
    private Target target = Target.bash;

    @Spec
    private @Nullable CommandSpec spec;

    /** A shell that a script is for, in the letters that picocli shows. */
    private enum Target {
        bash,
        zsh,
        fish
    }

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        CommandLine whole = Objects.requireNonNull(spec, "spec").commandLine().getParent();
        surroundings
                .out()
                .print(
                        switch (target) {
                            case bash, zsh -> bash(whole);
                            case fish -> FishCompletion.of(whole);
                        });
        return ExitCode.ANSWERED;
    }

    private static String bash(CommandLine whole) {
        unwrapPaths(whole);
        return AutoComplete.bash("whippletree", whole);
    }

    /** What is {@code Optional<Path>} becomes {@code Path}, of which alone picocli's script completes files. */
    private static void unwrapPaths(CommandLine command) {
        CommandSpec all = command.getCommandSpec();
        for (ArgSpec arg : List.copyOf(all.args())) {
            if (arg.typeInfo().isOptional() && arg.auxiliaryTypes()[0].equals(Path.class)) {
                all.remove(arg);
                all.add(
                        arg instanceof OptionSpec option
                                ? OptionSpec.builder(option.names())
                                        .type(Path.class)
                                        .build()
                                : PositionalParamSpec.builder()
                                        .index(((PositionalParamSpec) arg).index())
                                        .type(Path.class)
                                        .build());
            }
        }
        command.getSubcommands().values().forEach(CompletionCommand::unwrapPaths);
    }
}
