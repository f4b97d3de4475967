package dev.whippletree.cli.embed;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ByteOrderMark;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.HeldWarnings;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.RequestOptions;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import dev.whippletree.terminal.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the vector of each line of a file, alone, on standard output. */
@Command(
        name = "embed",
        description = "Prints a JSON object with the vector of each line of a file. Empty lines have none.",
        footer = {
            "  whippletree embed notes.txt --route embeddings > vectors.jsonl",
            "  echo \"a text\" | whippletree embed - --dimensions 256"
        })
public final class EmbedCommand implements Callable<Integer> {

    private static final Path STANDARD_INPUT = Path.of("-");

    /** How many texts are kept in memory at once, and are asked for together. */
    private static final int TEXTS_AT_ONCE = 10_000;

    private final Surroundings surroundings;

    @Parameters(paramLabel = "FILE", description = "The texts, one a line, in UTF-8; - is standard input.")
    private Path file = STANDARD_INPUT;

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            description = "How many numbers each vector has; default: as many as the model gives.")
    private Optional<Integer> dimensions = Optional.empty();

    @Option(names = "--base64", description = "Print vectors as Base64 of 32-bit floats, little endian.")
    private boolean base64;

    @Mixin
    private final RequestOptions options = new RequestOptions();

    @Mixin
    private final Opening opening = new Opening();

    public EmbedCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** A text and its line's number, from 1. */
    private record Line(long number, String text) {}

    @Override
    public Integer call() {
        UserMistake.requireAtLeastOne("--dimensions", dimensions.orElse(1));
        try (BufferedReader lines = open();
                Whippletree whippletree = opening.openToAskOnce(surroundings)) {
            options.checkNames(whippletree.configuration());
            return HeldWarnings.during(
                    surroundings, whippletree, surroundings.err()::println, () -> embed(whippletree, lines));
        } catch (IOException e) {
            throw new UserMistake("'" + file + "' can't be read: " + FileTrouble.reason(e));
        }
    }

    private BufferedReader open() throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8.newDecoder()));
        }
        Path there = surroundings.folder().resolve(file);
        if (!Files.exists(there)) {
            throw new UserMistake("there is no file '" + file + "'");
        }
        return Files.newBufferedReader(there);
    }

    private int embed(Whippletree whippletree, BufferedReader lines) {
        long number = 0;
        List<Line> texts = new ArrayList<>();
        for (String line = next(lines); line != null; line = next(lines)) {
            number++;
            String text = number == 1 ? ByteOrderMark.removed(line) : line;
            if (!text.isBlank()) {
                texts.add(new Line(number, text));
            }
            if (texts.size() == TEXTS_AT_ONCE) {
                print(whippletree, texts);
                texts.clear();
                if (surroundings.lostOutput().isPresent()) {
                    return ExitCode.ANSWERED; // The loss is said at the end.
                }
            }
        }
        if (!texts.isEmpty()) {
            print(whippletree, texts);
        }
        return ExitCode.ANSWERED;
    }

    private @Nullable String next(BufferedReader lines) {
        try {
            return lines.readLine();
        } catch (CharacterCodingException e) {
            throw new UserMistake("'" + file + "' isn't text in UTF-8");
        } catch (IOException e) {
            throw new UncheckedIOException("'" + file + "' can't be read", e);
        }
    }

    private void print(Whippletree whippletree, List<Line> texts) {
        Embeddings vectors = Whippletree.await(whippletree.embed(prompt(texts)));
        for (int index = 0; index < texts.size(); index++) {
            Embedding vector = vectors.all().get(index);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("line", texts.get(index).number());
            json.put("embedding", base64 ? vector.base64() : vector.vector());
            surroundings.out().println(Json.line(json));
        }
        if (!LogOutput.isQuiet()) {
            surroundings
                    .err()
                    .println(vectors.all().size() + " vectors of "
                            + vectors.origin().model() + ", "
                            + vectors.cached() + " from caches, " + vectors.calls() + " calls, "
                            + vectors.usage().promptTokens() + " tokens");
        }
    }

    private Prompt prompt(List<Line> texts) {
        Prompt.Builder prompt = options.builder().operation(Prompt.Operation.EMBEDDING);
        texts.forEach(line -> prompt.user(line.text()));
        dimensions.ifPresent(numbers -> prompt.extra("dimensions", numbers));
        return UserMistake.checked("", prompt::build);
    }
}
