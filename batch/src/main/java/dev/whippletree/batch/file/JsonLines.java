package dev.whippletree.batch.file;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads lines in the format of OpenAI's batches, each with an optional {@code session}. */
final class JsonLines implements InputReader {

    private static final String URL = "/v1/chat/completions";

    private final Lines lines;
    private final PromptMaker maker;

    JsonLines(Lines lines, PromptMaker maker) {
        this.lines = lines;
        this.maker = maker;
    }

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
        Map<String, Object> json = JsonObjects.object(text)
                .orElseThrow(() ->
                        wrong("this isn't a JSON object; each line has to be one: {\"custom_id\": …, \"body\": {…}}"));
        if (!(json.get("custom_id") instanceof String id) || id.isEmpty()) {
            throw wrong("'custom_id' is missing or isn't a string: give each line its own");
        }
        Object method = json.getOrDefault("method", "POST");
        Object url = json.getOrDefault("url", URL);
        if (!"POST".equals(method) || !URL.equals(url)) {
            throw wrong("only POST " + URL + " is supported, not " + method + " " + url);
        }
        if (!(json.get("body") instanceof Map<?, ?> body)) {
            throw wrong("'body' is missing or isn't an object: it has to be the request, with 'messages'");
        }
        Object session = json.get("session");
        if (session != null && !(session instanceof String)) {
            throw wrong("'session' must be a string");
        }
        try {
            Prompt prompt = maker.make(chat(Fields.object("body", body)), Optional.ofNullable((String) session));
            return new InputLine(lines.number(), id, prompt, text);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private static ChatBody chat(Fields fields) {
        fields.take("stream");
        fields.take("stream_options");
        return ChatBody.read(fields);
    }

    private BadLineException wrong(String what) {
        return new BadLineException(lines.number(), what);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
