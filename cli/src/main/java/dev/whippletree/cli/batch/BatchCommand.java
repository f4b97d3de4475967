package dev.whippletree.cli.batch;

import dev.whippletree.cli.base.CommonOptions;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.Shares;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a file of prompts. What was typed is read by {@link TypedBatch}, where the module is at hand. */
@Command(
        name = "batch",
        description = {
            "Asks a file of prompts and writes a file of answers; after a crash the same command goes on where it was.",
            "Exit code 0 if each prompt was answered; 9 if some failed, or it stopped early."
        },
        footer = {
            "  whippletree batch prompts.jsonl -o answers.jsonl",
            "  whippletree batch rows.csv --template 'Summarise: {{text}}' --max-tokens 300 -o answers.csv",
            "  whippletree batch prompts.jsonl --plan         time, cost, whether the accounts do; asks no service",
            "  whippletree batch prompts.jsonl -o answers.jsonl --retry-failed",
            "  whippletree batch --status answers.jsonl       how far it is, from another terminal"
        })
public final class BatchCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "The prompts: lines of OpenAI's batches (.jsonl), rows with a header (.csv, .tsv), or lines of text;"
                            + " - is standard input.")
    Optional<Path> input = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "Where answers go: .jsonl, or .csv where the prompts are rows. Failures go to answers.errors.jsonl beside answers.jsonl.")
    Optional<Path> output = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description =
                    "What the prompts are: jsonl, text, csv or tsv; default: as the file is named, and jsonl for -.")
    Optional<String> format = Optional.empty();

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description =
                    "What is asked, with {{column}} where a row's value stands, or {{text}} where a line of text does;"
                            + " @FILE reads it from a file.")
    Optional<String> template = Optional.empty();

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "Instructions above each prompt that has none; @FILE reads them from a file.")
    Optional<String> system = Optional.empty();

    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens of an answer.")
    Optional<Integer> maxTokens = Optional.empty();

    @Option(names = "--temperature", paramLabel = "0..2", description = "How freely the model chooses.")
    Optional<Double> temperature = Optional.empty();

    @Option(
            names = "--route",
            paramLabel = "ROUTE",
            description = "The route of all prompts; default: that of the model a line names, else the first.")
    Optional<String> route = Optional.empty();

    @Option(names = "--account", paramLabel = "ID", description = "The only account that may answer.")
    Optional<String> account = Optional.empty();

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "Whose answers these are; no other tenant sees them.")
    Optional<String> tenant = Optional.empty();

    @Option(names = "--no-cache", description = "Ask for fresh answers, even where some are stored.")
    boolean noCache;

    @Option(
            names = "--id",
            paramLabel = "COLUMN",
            description = "The column of the rows' ids; default: custom_id or id, else rows are numbered.")
    Optional<String> id = Optional.empty();

    @Option(
            names = "--conversation",
            description = "The lines of a session are a conversation: each is asked after the answer before, with it.")
    boolean conversation;

    @Option(names = "--ordered", description = "Sort the answers as the prompts are, in the end.")
    boolean ordered;

    @Option(
            names = "--sync",
            paramLabel = "WHEN",
            defaultValue = "second",
            description =
                    "When answers are forced to disk, for a power cut: each, second or never; default: ${DEFAULT-VALUE}.")
    String sync = "second";

    @Option(
            names = "--accept-changes",
            description =
                    "Go on although prompts or settings have changed: keeps what is asked as before, drops the rest, asks what has no result.")
    boolean acceptChanges;

    @Option(names = "--retry-failed", description = "Ask again what failed before.")
    boolean retryFailed;

    @Option(names = "--check", description = "Find everything that is wrong with the prompts, and ask nothing.")
    boolean check;

    @Option(
            names = "--plan",
            description = "Say how long it will take, what it will cost and whether the accounts do; asks nothing.")
    boolean plan;

    @Option(
            names = "--leave",
            paramLabel = "SHARE",
            converter = Shares.class,
            description = "The share of each limit that is left to others, such as 10%%; default: as each route says.")
    Optional<Double> leave = Optional.empty();

    @Option(names = "--max-calls", paramLabel = "N", description = "Stop before more calls than that.")
    Optional<Long> maxCalls = Optional.empty();

    @Option(
            names = "--max-cost",
            paramLabel = "AMOUNT",
            description = "Stop before this run costs more, in the price list's currency.")
    Optional<BigDecimal> maxCost = Optional.empty();

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "What tokens cost: your dated list; default: the one the configuration names.")
    Optional<Path> prices = Optional.empty();

    @Option(
            names = "--max-failures",
            paramLabel = "N",
            defaultValue = "20",
            description = "Stop after so many failures in a row of one kind; default: ${DEFAULT-VALUE}.")
    int maxFailures;

    @Option(
            names = "--status",
            paramLabel = "FILE",
            description = "Say how far the batch with this output is, and end.")
    Optional<Path> status = Optional.empty();

    @Mixin
    final Opening opening = new Opening();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    /** Creates the command, which reads and prints where it is told. */
    public BatchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (status.isPresent()) {
            return OptionalModule.BATCH.needed("batch", () -> new BatchStatus(surroundings).say(status.get()));
        }
        if (input.isEmpty()) {
            throw new UserMistake("which prompts? Name a file, such as prompts.jsonl, or - for standard input");
        }
        if (output.isEmpty() && !check && !plan) {
            throw new UserMistake("where do the answers go? Name a file by -o, such as -o answers.jsonl");
        }
        return OptionalModule.BATCH.needed("batch", () -> new BatchCommandRun(surroundings, this).run());
    }
}
