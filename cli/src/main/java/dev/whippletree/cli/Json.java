package dev.whippletree.cli;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes JSON for programs to read. Stateless. Loaded only when asked for, since a mapper takes a tenth of a second to make. */
public final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /** Returns maps, lists, texts and numbers as indented JSON. */
    public static String write(Object tree) {
        return MAPPER.writeValueAsString(tree);
    }
}
