package dev.whippletree.batch.file;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The files of a batch, and their formats. Immutable.
 *
 * @param input where the prompts are
 * @param format what its lines are
 * @param output where the answers go: lines of JSON, or rows if it is named .csv or .tsv
 * @param form how prompts are made of lines
 * @param conversations whether the lines of a session are a conversation
 * @param ordered whether the answers are sorted as the input is, in the end
 * @param sync when results are made safe from a power cut
 * @param acceptChanges whether an output is gone on with although its input or its settings have changed
 * @param retryFailed whether lines that failed before are asked again
 * @param safeCsv whether values of rows are written so that a spreadsheet takes none for a formula
 */
public record BatchFiles(
        Path input,
        InputFormat format,
        Path output,
        PromptForm form,
        boolean conversations,
        boolean ordered,
        Sync sync,
        boolean acceptChanges,
        boolean retryFailed,
        boolean safeCsv) {

    /** Checks that a table comes from a table, and a template isn't for whole prompts, nor a column for lines. */
    public BatchFiles {
        Objects.requireNonNull(form, "form");
        Objects.requireNonNull(sync, "sync");
        if (form.template().isPresent() && format == InputFormat.JSONL) {
            throw new IllegalArgumentException("--template is for rows and lines of text, and each line of " + input
                    + " is a whole prompt; leave out --template, or name the --format");
        }
        if (form.idColumn().isPresent() && !format.isTable()) {
            throw new IllegalArgumentException("--id is for rows, and " + input
                    + " has none: lines of JSON have a custom_id, lines of text are numbered; leave out --id, or name the"
                    + " --format");
        }
        if (InputFormat.of(output).isTable() && !format.isTable()) {
            throw new IllegalArgumentException(
                    output + ": answers can be rows only if the prompts are rows; name it, for example, answers.jsonl");
        }
    }

    /** Returns what all answers depend on, by the names that the command has for it. */
    Map<String, String> settings() {
        Map<String, String> settings = form.settings();
        settings.put("conversation", String.valueOf(conversations));
        return settings;
    }

    /** Returns what the ids of all lines depend on, by the names that the command has for it. */
    Map<String, String> identities() {
        Map<String, String> identities = new LinkedHashMap<>();
        identities.put("format", format.name().toLowerCase(Locale.ROOT));
        form.idColumn().ifPresent(column -> identities.put("id", column));
        return identities;
    }

    /** Returns the same with another input. */
    public BatchFiles withInput(Path other) {
        return new BatchFiles(
                other, format, output, form, conversations, ordered, sync, acceptChanges, retryFailed, safeCsv);
    }

    /** Returns whether answers are columns of rows. */
    boolean asRows() {
        return InputFormat.of(output).isTable();
    }

    /** Returns where answers are appended: the output itself, unless that is made of them in the end. */
    Path answers() {
        return asRows() ? BatchFolder.of(output).resolve("answers.jsonl") : output;
    }

    /** Returns where failures are appended. */
    public Path failures() {
        return BatchFolder.failuresOf(output);
    }
}
