package dev.whippletree.batch.file;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.BatchRun;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.testkit.FakeProvider;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks many lines of a service that answers at once, and prints how long that took: {@code batch}, from a file to a
 * file; {@code plain}, from the same file to a file by a window of {@code complete()} calls; or {@code check}, the file
 * alone. {@code answers} writes an output as a batch does that was stopped before its last line, without asking.
 * {@code conversations} is a batch of so many sessions, whose first lines come first, then their second ones, and so
 * on. A program, for a JVM of its own.
 */
final class MillionLines {

    private static final int WINDOW = 128;
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String TEXT = "An answer of a few words, as long as short answers are.";

    private static final Completion ANSWER = new Completion(
            TEXT,
            Optional.empty(),
            List.of(),
            FinishReason.STOP,
            Optional.of(TokenUsage.of(18, 12)),
            new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty()));

    private MillionLines() {}

    private static FakeProvider instantProvider() {
        return new FakeProvider(
                "instant",
                Admission.asMade(10, 10),
                call -> call.services()
                        .executor()
                        .execute(() -> call.answer(TEXT, Optional.of(TokenUsage.of(18, 12)))));
    }

    private static String text(int number) {
        return "Question " + number + ": what would you say to somebody who asks you this for the first time?";
    }

    private static void write(Path file, int lines, int sessions) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                String session = sessions == 0 ? "" : ",\"session\":\"interview-" + i % sessions + "\"";
                writer.write("{\"custom_id\":\"request-" + i + "\"" + session
                        + ",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                        + "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text(i) + "\"}]}}\n");
            }
        }
    }

    /**
     * Runs it.
     *
     * @param arguments what to do, how many lines, a folder, and of {@code conversations} how many sessions
     */
    public static void main(String[] arguments) throws Exception {
        int lines = Integer.parseInt(arguments[1]);
        Path folder = Path.of(arguments[2]);
        Path input = folder.resolve("prompts.jsonl");
        boolean conversations = arguments[0].equals("conversations");
        if (!Files.exists(input)) {
            write(input, lines, conversations ? Integer.parseInt(arguments[3]) : 0);
        }
        BatchFiles files = files(input, folder, conversations);
        try (SystemTimeline timeline = new SystemTimeline();
                Whippletree whippletree = Whippletree.builder()
                        .timeline(timeline)
                        .provider(instantProvider())
                        .account("a", "instant", "token-a")
                        .account("b", "instant", "token-b")
                        .build()) {
            long begun = timeline.nanoTime();
            switch (arguments[0]) {
                case "batch", "conversations" -> batch(files, whippletree, timeline);
                case "answers" -> answers(files, whippletree, timeline);
                case "plain" -> plain(files, whippletree);
                case "check" -> BatchFile.check(files, whippletree.configuration(), item -> {});
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            double seconds = (timeline.nanoTime() - begun) / 1e9;
            System.out.printf(
                    "%s: %,d lines in %.1f s, %,.0f a second, in a heap of %d MB%n",
                    arguments[0],
                    lines,
                    seconds,
                    lines / seconds,
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private static BatchFiles files(Path input, Path folder, boolean conversations) {
        return new BatchFiles(
                input,
                InputFormat.JSONL,
                folder.resolve("answers.jsonl"),
                PromptForm.PLAIN,
                conversations,
                false,
                Sync.SECOND,
                false,
                false,
                false);
    }

    private static void batch(BatchFiles files, Whippletree whippletree, Timeline timeline) throws IOException {
        long begun = timeline.nanoTime();
        try (BatchFile file = BatchFile.open(files, whippletree, timeline)) {
            System.out.printf("opened after %.1f s%n", (timeline.nanoTime() - begun) / 1e9);
            Batch.Builder batch = Batch.over(whippletree)
                    .timeline(timeline)
                    .journal(file.journal())
                    .total(file.total())
                    .distinct(file.distinct());
            if (files.conversations()) {
                batch.conversations();
            }
            BatchRun run = batch.build().run(file.items());
            run.subscribe(new Counting());
            System.out.println(run.end().join());
            file.finish();
        }
    }

    private static void answers(BatchFiles files, Whippletree whippletree, Timeline timeline) throws IOException {
        try (BatchFile file = BatchFile.open(files, whippletree, timeline)) {
            Iterator<BatchItem> items = file.items();
            List<BatchResult> some = new ArrayList<>();
            for (long number = 1; number < file.total(); number++) {
                some.add(new BatchResult.Answered(items.next(), ANSWER));
                if (some.size() == WINDOW) {
                    file.journal().append(some);
                    some.clear();
                }
            }
            file.journal().append(some);
        }
    }

    /** What many write themselves: it keeps no state, and resumes nothing. */
    private static void plain(BatchFiles files, Whippletree whippletree) throws IOException, InterruptedException {
        Semaphore window = new Semaphore(2 * WINDOW);
        try (BufferedReader lines = Files.newBufferedReader(files.input());
                BufferedWriter answers = Files.newBufferedWriter(files.output())) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = MAPPER.readTree(line);
                String id = json.get("custom_id").asString();
                JsonNode message = json.get("body").get("messages").get(0);
                Prompt prompt = Prompt.builder()
                        .user(message.get("content").asString())
                        .priority(Priority.BATCH)
                        .build();
                window.acquire();
                var unused = whippletree.complete(prompt).whenComplete((completion, failure) -> {
                    write(answers, MAPPER.writeValueAsString(Map.of("id", id, "answer", completion.text())));
                    window.release();
                });
            }
            window.acquire(2 * WINDOW);
        }
    }

    private static void write(BufferedWriter answers, String line) {
        try {
            synchronized (answers) {
                answers.write(line);
                answers.newLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
