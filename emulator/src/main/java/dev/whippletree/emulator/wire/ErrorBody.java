package dev.whippletree.emulator.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An error as a service says it. Immutable.
 *
 * @param contentType of the body
 * @param text the body
 */
record ErrorBody(String contentType, String text) {

    static final String JSON = "application/json";
    static final String INVALID = "invalid_request_error";
    private static final String HTML = "text/html; charset=utf-8";

    /** OpenAI's form, which most services share. */
    static ErrorBody object(String message, String type, Optional<String> param, Optional<String> code) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        param.ifPresent(name -> error.put("param", name));
        code.ifPresent(name -> error.put("code", name));
        return new ErrorBody(JSON, WireJson.write(Map.of("error", error)));
    }

    static ErrorBody object(String message, String type, String code) {
        return object(message, type, Optional.empty(), Optional.of(code));
    }

    static ErrorBody invalid(String message, String code) {
        return object(message, INVALID, code);
    }

    /** Hugging Face's other form: the error is a text. */
    static ErrorBody text(String message) {
        return new ErrorBody(JSON, WireJson.write(Map.of("error", message)));
    }

    /** What a gateway sends that stands before a service. */
    static ErrorBody page(int status, String title) {
        return new ErrorBody(
                HTML,
                "<!DOCTYPE html>\n<html><head><title>" + status + " " + title + "</title></head><body><h1>" + title
                        + "</h1></body></html>\n");
    }
}
