package dev.whippletree.cli.similar;

import dev.whippletree.cli.base.CommonOptions;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.ConfigurationSource;
import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.terminal.board.Words;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What can be done with the wordings that share an answer. */
@Command(
        name = "similar",
        description =
                "Approves wordings of a question as equal, so one answer serves them all: similar approve, similar"
                        + " list.",
        synopsisSubcommandLabel = "(approve | list)")
public final class SimilarCommand implements Callable<Integer> {

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        throw new UserMistake(
                "no subcommand; try: whippletree similar approve WORDING WORDING... or whippletree similar list");
    }

    /** Which file it is about. */
    static final class FileOptions {

        private static final String CACHE = "similar";
        private static final String SETTING = "approved";
        private static final String DEFAULT = "approved.txt";

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "The file of wordings; default: the file in the key 'approved' of the configuration's"
                        + " cache similar,"
                        + " else " + DEFAULT + ".")
        private @Nullable Path file;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "The configuration; default: as for 'whippletree ask'.")
        private @Nullable Path configuration;

        /**
         * Returns the file.
         *
         * @throws dev.whippletree.model.ConfigurationException if the configuration is needed and can't be used
         */
        ApprovedFile file(Surroundings surroundings) {
            String name =
                    file != null ? file.toString() : configured(surroundings).orElse(DEFAULT);
            return new ApprovedFile(surroundings.folder().resolve(name), name);
        }

        private Optional<String> configured(Surroundings surroundings) {
            ConfigurationSource source = new ConfigurationSource(
                    Optional.ofNullable(configuration), surroundings.environment(), surroundings.folder());
            try (PluginCatalog plugins =
                    surroundings.builders().get().configuration(source).plugins()) {
                return Opening.configuration(source, plugins).flatMap(FileOptions::approved);
            }
        }

        private static Optional<String> approved(Configuration configuration) {
            return configuration.caches().stream()
                    .filter(cache -> cache.name().equals(CACHE))
                    .findFirst()
                    .flatMap(cache -> cache.settings().text(SETTING));
        }
    }

    /** Adds wordings to the file. */
    @Command(
            name = "approve",
            description = {
                "Approves wordings as equal: adds them to the file of approved wordings.",
                "If the file has one of them, the others join its question. Comments in the file are kept."
            },
            footer = {
                "  whippletree similar approve \"Tell me about yourself\" \"Who are you?\"",
                "  whippletree similar approve --file team.txt \"Who are you?\" \"Introduce yourself\""
            })
    public static final class Approve implements Callable<Integer> {

        private final Surroundings surroundings;

        @Parameters(arity = "1..*", paramLabel = "WORDING", description = "Two or more, each in quotation marks.")
        private List<String> wordings = List.of();

        @Mixin
        private final FileOptions options = new FileOptions();

        @Mixin
        private final CommonOptions common = new CommonOptions();

        /** Creates the command, which reads and prints where it is told. */
        public Approve(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public Integer call() {
            if (wordings.size() == 1) {
                throw new UserMistake("'" + wordings.get(0)
                        + "' is only one wording; give two or more that mean the same, each in quotation marks");
            }
            ApprovedFile file = options.file(surroundings);
            ApprovedWordings all = file.add(wordings);
            String question = all.questionOf(wordings.get(0)).orElseThrow();
            List<String> now = all.questions().stream()
                    .filter(one -> one.get(0).equals(question))
                    .findFirst()
                    .orElseThrow();
            PrintWriter out = surroundings.out();
            out.println(file.shown() + ": '" + question + "' has " + Words.count(now.size(), "wording") + " now");
            now.forEach(wording -> out.println("  " + wording));
            return ExitCode.ANSWERED;
        }
    }

    /** Prints what the file says. */
    @Command(
            name = "list",
            description = "Prints the approved wordings, grouped by question.",
            footer = {"  whippletree similar list", "  whippletree similar list --file team.txt"})
    public static final class Listing implements Callable<Integer> {

        private final Surroundings surroundings;

        @Mixin
        private final FileOptions options = new FileOptions();

        @Mixin
        private final CommonOptions common = new CommonOptions();

        /** Creates the command, which reads and prints where it is told. */
        public Listing(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public Integer call() {
            ApprovedFile file = options.file(surroundings);
            if (!file.isThere()) {
                throw new UserMistake(file.shown()
                        + ": there is no such file; 'whippletree similar approve' creates it, --file names another");
            }
            surroundings.out().print(file.wordings().text());
            return ExitCode.ANSWERED;
        }
    }
}
