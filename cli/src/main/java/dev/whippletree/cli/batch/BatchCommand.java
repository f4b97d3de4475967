package dev.whippletree.cli.batch;

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
            "Answers a file of prompts and writes a file of answers; after a crash the same command continues.",
            "Exit code 0 if every prompt was answered; 9 if some failed, or the batch stopped early."
        },
        footer = {
            "  whippletree batch prompts.jsonl -o answers.jsonl",
            "  whippletree batch rows.csv --template 'Summarise: {{text}}' --max-tokens 300 -o answers.csv",
            "  whippletree batch prompts.jsonl --plan         time, cost, whether the accounts are enough; calls no service",
            "  whippletree batch prompts.jsonl -o answers.jsonl --retry-failed",
            "  whippletree batch --status answers.jsonl       its progress, from another terminal"
        })
public final class BatchCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "The prompts: lines in OpenAI's batch format (.jsonl), rows with a header (.csv, .tsv), or lines of text;"
                            + " - is standard input.")
    Optional<Path> input = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "The file for answers: .jsonl, or .csv if the prompts are rows. Failures go to answers.errors.jsonl beside answers.jsonl.")
    Optional<Path> output = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "The prompts' format: jsonl, text, csv or tsv; default: by the file's name, and jsonl for -.")
    Optional<String> format = Optional.empty();

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description = "The prompt, with {{column}} for a row's value, or {{text}} for a line of text;"
                    + " @FILE reads it from a file. Not for .jsonl, whose lines are whole prompts.")
    Optional<String> template = Optional.empty();

    @Option(names = "--same", description = "The template may name no column; its single braces stand.")
    boolean same;

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description =
                    "Instructions before each prompt that has none (the system message); @FILE reads them from a file.")
    Optional<String> system = Optional.empty();

    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens an answer may have.")
    Optional<Integer> maxTokens = Optional.empty();

    @Option(names = "--temperature", paramLabel = "0..2", description = "The sampling temperature.")
    Optional<Double> temperature = Optional.empty();

    @Option(
            names = "--route",
            paramLabel = "ROUTE",
            description = "The route of all prompts; default: the route of the line's model, else the first.")
    Optional<String> route = Optional.empty();

    @Option(names = "--account", paramLabel = "ID", description = "The only account that may answer.")
    Optional<String> account = Optional.empty();

    @Option(names = "--tenant", paramLabel = "NAME", description = "The tenant; no other tenant sees its answers.")
    Optional<String> tenant = Optional.empty();

    @Option(names = "--no-cache", description = "Ask for fresh answers, even if some are stored.")
    boolean noCache;

    @Option(
            names = "--id",
            paramLabel = "COLUMN",
            description = "The column with the rows' ids; default: custom_id or id, else rows are numbered.")
    Optional<String> id = Optional.empty();

    @Option(
            names = "--conversation",
            description =
                    "The lines of a session are a conversation: each prompt includes the earlier prompts and answers.")
    boolean conversation;

    @Option(names = "--ordered", description = "At the end, sort the answers in the prompts' order.")
    boolean ordered;

    @Option(
            names = "--sync",
            paramLabel = "WHEN",
            defaultValue = "second",
            description =
                    "When answers are forced to disk, in case of a power cut: each, second or never; default: ${DEFAULT-VALUE}.")
    String sync = "second";

    @Option(
            names = "--accept-changes",
            description =
                    "Continue although prompts or settings have changed: keeps answers to unchanged prompts, drops the others, asks what has no answer.")
    boolean acceptChanges;

    @Option(
            names = "--safe-csv",
            description =
                    "Put an apostrophe before values of a .csv or .tsv that a spreadsheet would take for formulas.")
    boolean safeCsv;

    @Option(names = "--retry-failed", description = "Ask prompts that failed again.")
    boolean retryFailed;

    @Option(names = "--check", description = "List all problems of the prompts; calls no service.")
    boolean check;

    @Option(
            names = "--plan",
            description = "Estimate time and cost, and say whether the accounts are enough; calls no service.")
    boolean plan;

    @Option(
            names = "--leave",
            paramLabel = "SHARE",
            converter = Shares.class,
            description = "The share of each limit to leave to others, such as 10%%; default: each route's.")
    Optional<Double> leave = Optional.empty();

    @Option(names = "--max-calls", paramLabel = "N", description = "Make at most N calls, then stop.")
    Optional<Long> maxCalls = Optional.empty();

    @Option(
            names = "--max-cost",
            paramLabel = "AMOUNT",
            description = "Stop before this run costs more than that, in the price list's currency.")
    Optional<BigDecimal> maxCost = Optional.empty();

    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "Your dated list of token prices; default: the configuration's.")
    Optional<Path> prices = Optional.empty();

    @Option(
            names = "--max-failures",
            paramLabel = "N",
            defaultValue = "20",
            description = "Stop after N failures of one kind in a row; default: ${DEFAULT-VALUE}.")
    int maxFailures;

    @Option(
            names = "--status",
            paramLabel = "FILE",
            description = "Print the progress of the batch with this output, and exit.")
    Optional<Path> status = Optional.empty();

    @Mixin
    final Opening opening = new Opening();

    public BatchCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (status.isPresent()) {
            return OptionalModule.BATCH.needed("batch", () -> BatchStatus.say(surroundings, status.get()));
        }
        if (input.isEmpty()) {
            throw new UserMistake("no prompts: name a file, such as prompts.jsonl, or - for standard input");
        }
        if (check && plan) {
            throw new UserMistake("--plan checks the prompts too: leave out --check");
        }
        return OptionalModule.BATCH.needed("batch", () -> new BatchCommandRun(surroundings, this).run());
    }
}
