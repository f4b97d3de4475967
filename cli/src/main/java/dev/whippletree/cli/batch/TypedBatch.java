package dev.whippletree.cli.batch;

import dev.whippletree.batch.StopRules;
import dev.whippletree.batch.file.BatchFiles;
import dev.whippletree.batch.file.InputFormat;
import dev.whippletree.batch.file.PromptForm;
import dev.whippletree.batch.file.Spool;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.cli.base.ByteOrderMark;
import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.PriceList;
import dev.whippletree.model.Parameters.Range;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options of a batch, with the files that they name. Immutable. */
record TypedBatch(BatchCommand command, Surroundings surroundings) {

    private static final Path STANDARD_INPUT = Path.of("-");
    private static final String NOWHERE = "answers.jsonl";

    private static final String MARK = "\u00ef\u00bb\u00bf";

    /** Returns what copies the prompts, if they come from a pipe; null: they come from a file. */
    @Nullable Spool spool() throws IOException {
        if (!isPiped()) {
            return null;
        }
        if ((command.check || command.plan) && command.output.isEmpty()) {
            throw new UserMistake("prompts from a pipe are kept beside the output: name the output with -o");
        }
        return Spool.beside(output());
    }

    private Path named() {
        return command.input.orElseThrow();
    }

    private boolean isStandardInput() {
        return named().equals(STANDARD_INPUT);
    }

    /** Returns what people call the place that the prompts come from. */
    String source() {
        return isStandardInput() ? "standard input" : there().toString();
    }

    private Path there() {
        return surroundings.folder().resolve(named());
    }

    /** Input is read several times; a pipe, such as a shell's {@code <(…)}, gives it once. */
    private boolean isPiped() {
        Path file = there();
        return isStandardInput() || (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file));
    }

    /**
     * Returns from where to where the batch goes. Of prompts from a pipe, it doesn't say yet where they are.
     *
     * @throws UserMistake if a value can't be used, saying which
     */
    BatchFiles files() {
        Path input = there();
        if (!isPiped() && (!Files.isReadable(input) || Files.isDirectory(input))) {
            throw new UserMistake(input + " can't be read or isn't a file");
        }
        Path output = output();
        InputFormat format = command.format
                .map(name -> one(InputFormat.class, "--format", name))
                .orElse(isPiped() ? InputFormat.JSONL : InputFormat.of(named()));
        return UserMistake.checked(
                "",
                () -> new BatchFiles(
                        input,
                        format,
                        output,
                        form(),
                        command.conversation,
                        command.ordered,
                        one(Sync.class, "--sync", command.sync),
                        command.acceptChanges,
                        command.retryFailed,
                        command.safeCsv));
    }

    private Path output() {
        if (command.output.isEmpty() && !command.check && !command.plan) {
            throw new UserMistake("no output: name a file for the answers with -o, such as -o answers.jsonl");
        }
        Path output = surroundings.folder().resolve(command.output.orElse(Path.of(NOWHERE)));
        if (command.output.filter(STANDARD_INPUT::equals).isPresent()) {
            throw new UserMistake(
                    "-o names a file: answers are gone on with after a crash, which standard output can't be");
        }
        if (output.getFileName() == null || (Files.exists(output) && !Files.isRegularFile(output))) {
            throw new UserMistake("-o: " + output + " is a folder or a device; name a file, such as answers.jsonl");
        }
        return output;
    }

    /**
     * Reads a pipe to its end, and returns its copy. Blocks.
     *
     * @throws IOException if it can't be read, or the copy can't be written
     * @throws UserMistake if nobody named its format, and it doesn't look like the usual one
     */
    Path copy(Spool spool) throws IOException {
        boolean standard = isStandardInput();
        boolean typed = standard && surroundings.terminal().in();
        surroundings
                .err()
                .println("Reading " + source() + " to its end; nothing is asked before that."
                        + (typed ? " Ctrl-D ends it." : ""));
        try (InputStream stream = standard ? surroundings.in() : Files.newInputStream(there())) {
            Path copy = spool.copy(stream);
            if (command.format.isEmpty() && !isJson(copy)) {
                throw new UserMistake(source() + " doesn't begin with a JSON object, which OpenAI's batch format has in"
                        + " each line; name its format: --format text, csv or tsv");
            }
            return copy;
        }
    }

    /** Returns whether a file begins as JSON lines do, or has nothing in it. */
    private static boolean isJson(Path file) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.ISO_8859_1))) {
            int first = reader.read();
            while (first >= 0 && (Character.isWhitespace(first) || MARK.indexOf(first) >= 0)) {
                first = reader.read();
            }
            return first < 0 || first == '{';
        }
    }

    private PromptForm form() {
        command.temperature.flatMap(Range.TEMPERATURE::problem).ifPresent(problem -> {
            throw new UserMistake("--temperature " + problem);
        });
        UserMistake.requireAtLeastOne("--max-tokens", command.maxTokens.orElse(1));
        return new PromptForm(
                command.template.map(text -> text("--template", text)),
                command.system.map(text -> text("--system", text)),
                command.temperature.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                command.maxTokens.map(OptionalInt::of).orElseGet(OptionalInt::empty),
                command.route,
                command.account,
                command.tenant.orElse(""),
                command.noCache,
                command.same,
                command.id);
    }

    private String text(String option, String typed) {
        if (!typed.startsWith("@")) {
            return typed;
        }
        Path file = surroundings.folder().resolve(typed.substring(1));
        try {
            return ByteOrderMark.removed(Files.readString(file)).strip();
        } catch (CharacterCodingException e) {
            throw new UserMistake(option + ": " + file + " isn't UTF-8 text");
        } catch (IOException e) {
            throw new UserMistake(option + ": " + file + ": " + FileTrouble.reason(e));
        }
    }

    private static <E extends Enum<E>> E one(Class<E> type, String option, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new UserMistake(option + " has to be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + ", not '" + name + "'"));
    }

    /** Returns when the batch ends before all is done, by the given price list if none was typed. */
    StopRules rules(Optional<PriceList> configured) {
        Optional<PriceList> prices = command.prices
                .map(file -> PriceList.read(surroundings.folder().resolve(file)))
                .or(() -> configured);
        if (command.maxCost.isPresent() && prices.isEmpty()) {
            throw new UserMistake("--max-cost needs a price list: name one with --prices, or in the configuration");
        }
        UserMistake.requireAtLeastOne("--max-calls", command.maxCalls.orElse(1L));
        UserMistake.requireAtLeastOne("--max-failures", command.maxFailures);
        return UserMistake.checked(
                "--max-cost: ",
                () -> new StopRules(
                        command.maxCalls.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                        command.maxCost,
                        prices,
                        command.maxFailures));
    }
}
