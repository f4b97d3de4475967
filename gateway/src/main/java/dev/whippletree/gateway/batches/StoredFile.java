package dev.whippletree.gateway.batches;

import java.nio.file.Path;
import java.util.Map;

/**
 * A file of a client: an upload, or what a batch has put out. Immutable.
 *
 * @param json the file as OpenAI's API has it, an upload also with the number of its lines
 */
record StoredFile(Map<String, Object> json, Path content) implements Listed {

    static final String INPUT = "batch";
    static final String OUTPUT = "batch_output";

    @Override
    public String id() {
        return String.valueOf(json.get("id"));
    }

    String purpose() {
        return String.valueOf(json.get("purpose"));
    }

    @Override
    public long number(String field) {
        return BatchPlace.number(json, field);
    }
}
