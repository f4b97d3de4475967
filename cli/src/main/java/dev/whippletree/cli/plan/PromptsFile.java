package dev.whippletree.cli.plan;

import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.file.BadInputException;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.batch.file.BatchFiles;
import dev.whippletree.batch.file.InputFormat;
import dev.whippletree.batch.file.PromptForm;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.planner.PromptList;
import dev.whippletree.settings.EngineSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Measures a file of prompts for a plan. Confined to one thread. */
public final class PromptsFile {

    /** More take hours to simulate. */
    static final long MOST_PROMPTS = 50_000;

    /** A usual guess for English. */
    private static final int CHARACTERS_A_TOKEN = 4;

    /** As long as a plan's answers are, which is 200 tokens. */
    private static final long CHARACTERS_OF_AN_ANSWER = 800;

    private final boolean conversations;
    private final MessageDigest sha;
    private final PromptList.Builder prompts = new PromptList.Builder();
    private final Map<String, Long> bySession = new HashMap<>();
    private final Map<String, Long> saidBySession = new HashMap<>();
    private long count;

    private PromptsFile(boolean conversations) {
        this.conversations = conversations;
        try {
            this.sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    /**
     * Reads a file to its end.
     *
     * @param configuration by which models that lines name are found
     * @throws UserMistake with everything that is wrong with it
     */
    public static MeasuredPrompts measure(BatchFiles files, Configuration configuration) {
        PromptsFile measuring = new PromptsFile(files.conversations());
        try {
            var unused = BatchFile.check(files, configuration, measuring::add);
            return measuring.result(files.input().toString());
        } catch (BadInputException e) {
            throw new UserMistake(String.join(System.lineSeparator(), e.problems()));
        } catch (IOException e) {
            throw new UserMistake(files.input() + " can't be read: " + e.getMessage());
        }
    }

    /**
     * Reads a file of lines of JSON or text to its end; whatever models its lines name.
     *
     * @throws UserMistake with everything that is wrong with it
     */
    static MeasuredPrompts measure(Path file, boolean conversations) {
        PromptForm plain = PromptForm.PLAIN;
        PromptForm form = new PromptForm(
                plain.template(),
                plain.system(),
                plain.temperature(),
                plain.maxTokens(),
                Optional.of(Configuration.DEFAULT_ROUTE),
                plain.account(),
                plain.tenant(),
                plain.fresh(),
                plain.same(),
                plain.idColumn());
        InputFormat format = InputFormat.of(file);
        if (format.isTable()) {
            throw new UserMistake(file + " has rows, which need a template: plan it with 'whippletree batch " + file
                    + " --template … --plan'");
        }
        Path nowhere = Path.of("answers.jsonl");
        return measure(
                new BatchFiles(file, format, nowhere, form, conversations, false, Sync.SECOND, false, false, false),
                new Configuration(List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of()));
    }

    /** A prompt of a conversation is equal to another one if what was said before is. */
    private void add(BatchItem item) {
        if (item.prompt().operation() == Prompt.Operation.EMBEDDING) {
            throw new UserMistake("'" + item.id()
                    + "' asks for vectors, and a plan covers completions only; put them into a file" + " of their own");
        }
        long length = 0;
        StringBuilder asked = new StringBuilder(item.prompt().parameters().toString());
        item.prompt().model().ifPresent(asked::append);
        for (Message message : item.prompt().messages()) {
            asked.append('\0')
                    .append(message.role())
                    .append('\0')
                    .append(message.text())
                    .append(message.parts());
            length += message.text().length();
        }
        count++;
        if (count > MOST_PROMPTS) {
            return;
        }
        OptionalInt bound = item.prompt().parameters().maxTokens();
        if (!conversations || item.prompt().session().isEmpty()) {
            prompts.add(Optional.empty(), digest(asked.toString()), tokens(length), bound);
            return;
        }
        String session = item.prompt().session().get();
        long before = saidBySession.getOrDefault(session, 0L);
        saidBySession.merge(session, CHARACTERS_OF_AN_ANSWER + length, Long::sum);
        long key = digest(bySession.getOrDefault(session, 0L) + "\0" + asked);
        bySession.put(session, key);
        prompts.add(Optional.of(session), key, tokens(before + length), bound);
    }

    private static int tokens(long characters) {
        return (int) Math.max(1, Math.min(characters / CHARACTERS_A_TOKEN, Integer.MAX_VALUE));
    }

    private long digest(String text) {
        return ByteBuffer.wrap(sha.digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private MeasuredPrompts result(String name) {
        if (count == 0) {
            throw new UserMistake(name + " has no prompts");
        }
        if (count > MOST_PROMPTS) {
            throw new UserMistake(name + " has " + count + " prompts, and a plan simulates " + MOST_PROMPTS
                    + " at most: plan for a part of the file, such as its first lines");
        }
        return new MeasuredPrompts(name, prompts.build(), "");
    }
}
