package dev.whippletree.batch.file;

import java.nio.file.Path;
import java.util.Locale;

/** The format of an input. */
public enum InputFormat {
    /**
     * Lines of OpenAI's batches: a JSON object each, with {@code custom_id}, {@code method}, {@code url} and
     * {@code body}.
     */
    JSONL,
    /** A prompt each. */
    TEXT,
    /** Rows with commas between their values, the first one with the columns' names. */
    CSV,
    /** Rows with tabs between their values, the first one with the columns' names. */
    TSV;

    /** Returns what a file has by its name: text, unless that ends in jsonl, ndjson, csv or tsv. */
    public static InputFormat of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return JSONL;
        }
        if (name.endsWith(".csv")) {
            return CSV;
        }
        return name.endsWith(".tsv") ? TSV : TEXT;
    }

    /** Returns whether its lines are rows of named columns. */
    public boolean isTable() {
        return switch (this) {
            case CSV, TSV -> true;
            case JSONL, TEXT -> false;
        };
    }

    /** Returns what stands between the values of a row. */
    char separator() {
        return this == TSV ? '\t' : ',';
    }
}
