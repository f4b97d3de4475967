package dev.whippletree.batch.file;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.EmbeddingBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads lines in the format of OpenAI's batches, each with an optional {@code session}. */
record JsonLines(Lines lines, PromptMaker maker) implements InputReader {

    private static final String CHAT = "/v1/chat/completions";
    private static final String EMBEDDINGS = "/v1/embeddings";

    /** As many texts as OpenAI takes: the line of their vectors can still be read. */
    private static final int MOST_TEXTS = 2_048;

    @Override
    public @Nullable InputLine next() throws IOException, BadLineException {
        while (lines.next()) {
            if (!lines.isBlank()) {
                return line(TextLines.text(lines));
            }
        }
        return null;
    }

    private InputLine line(String text) throws BadLineException {
        Map<String, Object> json = object(text);
        if (!(json.get("custom_id") instanceof String id) || id.isEmpty()) {
            throw wrong("'custom_id' is missing or isn't a string: give each line its own");
        }
        Object method = json.getOrDefault("method", "POST");
        Object url = json.getOrDefault("url", CHAT);
        LineReader reader = maker.reader();
        if (!"POST".equals(method)) {
            throw wrong("'method' must be POST, not " + method);
        }
        if (reader == null && !CHAT.equals(url) && !EMBEDDINGS.equals(url)) {
            throw wrong("'url' must be " + CHAT + " or " + EMBEDDINGS + ", not " + url);
        }
        if (!(json.get("body") instanceof Map<?, ?> body)) {
            throw wrong("'body' is missing or isn't an object: it has to be the request, with "
                    + (EMBEDDINGS.equals(url) ? "'input'" : "'messages'"));
        }
        Object session = json.get("session");
        if (session != null && !(session instanceof String)) {
            throw wrong("'session' must be a string");
        }
        boolean embeds = EMBEDDINGS.equals(url);
        if (embeds && session != null) {
            throw wrong("'session' is for conversations, and vectors belong to none; leave it out");
        }
        try {
            Fields fields = Fields.object("body", body);
            Optional<String> named = Optional.ofNullable((String) session);
            Prompt prompt = reader != null
                    ? reader.read(String.valueOf(url), fields.rest(), named)
                    : embeds ? maker.embed(texts(fields)) : maker.make(chat(fields), named);
            return new InputLine(lines.number(), id, prompt, text);
        } catch (LineReader.Refusal e) {
            throw new BadLineException(lines.number(), e.code(), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Object> object(String text) throws BadLineException {
        try {
            return JsonObjects.object(text)
                    .orElseThrow(() -> new BadLineException(
                            lines.number(),
                            "invalid_json_line",
                            "this isn't a JSON object; each line has to be one: {\"custom_id\": …, \"body\": {…}}"));
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private static ChatBody chat(Fields fields) {
        fields.take("stream");
        fields.take("stream_options");
        return ChatBody.read(fields);
    }

    private static ChatBody texts(Fields fields) {
        EmbeddingBody read = EmbeddingBody.read(fields, MOST_TEXTS);
        if (read.asBase64()) {
            throw fields.wrong("encoding_format", "must be float, because the output has vectors as numbers");
        }
        return read.prompt();
    }

    private BadLineException wrong(String what) {
        return new BadLineException(lines.number(), what);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
