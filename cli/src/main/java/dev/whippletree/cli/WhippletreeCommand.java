package dev.whippletree.cli;

import dev.whippletree.cli.base.CommonOptions;
import dev.whippletree.cli.base.ExitCode;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command without a subcommand: shows how to use it. */
@Command(
        name = "whippletree",
        description = "Spreads prompts over rate-limited accounts and waits for quota instead of exceeding it.",
        versionProvider = WhippletreeCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "  whippletree ask \"Tell me about yourself\"",
            "  cat notes.txt | whippletree ask \"Summarise:\"",
            "  whippletree ask --emulated \"Does it run?\"      needs no account",
            "  whippletree batch prompts.jsonl -o answers.jsonl   a file of prompts in, a file of answers out",
            "  whippletree chat                               a conversation in the terminal",
            "  whippletree init                               writes a configuration",
            "  whippletree check                              checks the configuration, without a call",
            "  whippletree plan --interviews 500              are the configured accounts enough?",
            "  whippletree stress                             500 interviews over two emulated accounts",
            "",
            "Accounts come from whippletree.yaml and from the environment; 'whippletree ask' names the variables."
        })
final class WhippletreeCommand implements Callable<Integer> {

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Override
    public Integer call() {
        CommandLine self = Objects.requireNonNull(spec, "spec").commandLine();
        self.usage(self.getErr());
        return ExitCode.WRONG_USAGE;
    }

    /** Says which version this is, from the jar's manifest. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = WhippletreeCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "whippletree " + (version == null ? "(unpackaged)" : version) + ", Java " + Runtime.version()
            };
        }
    }
}
