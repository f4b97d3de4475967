package dev.whippletree.provider.openai.read;

import dev.whippletree.model.Failure;
import dev.whippletree.provider.openai.dialect.ErrorReader;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What a service sent instead of a whole answer. */
public final class NoAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    /** A media type without its parameters (RFC 9110, section 8.3.1), no longer than those in use. */
    private static final Pattern TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]{1,40}/[a-z0-9!#$&^_.+-]{1,60}");

    private static final String JSON = String.format(
            Locale.ROOT, "JSON that isn't an answer, or has more than %,d values", JsonFields.MOST_VALUES);

    private final transient ServiceError error;

    NoAnswerException(ServiceError error) {
        super(error.toString(), null, false, false);
        this.error = error;
    }

    /** Something came that is no answer of the protocol, though its status is good, such as a login page. */
    static NoAnswerException other(ResponseHead head) {
        String what = isJson(head) ? JSON : "something that isn't an answer";
        return unreadable(head, "the service sent " + what + " (" + type(head) + ", " + head.status() + ")");
    }

    /** Something came that can't be read: a damaged answer if it is of that type, else perhaps the page of a proxy. */
    static NoAnswerException unreadable(ResponseHead head, String words) {
        return isJson(head) || type(head).equals("text/event-stream") ? damaged(head, words) : found(head, words);
    }

    static NoAnswerException empty(ResponseHead head) {
        return found(head, "the service sent an empty body instead of an answer (" + head.status() + ")");
    }

    /** Something came that is no whole answer. */
    static NoAnswerException found(ResponseHead head, String words) {
        return found(head, words, Optional.empty());
    }

    /** Something came that is no whole answer, for which we have a code, such as {@link Failure#DAMAGED}. */
    static NoAnswerException found(ResponseHead head, String words, Optional<String> code) {
        return new NoAnswerException(new ServiceError(
                head, head.status(), words, code, Optional.empty(), Optional.empty(), Optional.empty()));
    }

    /** An answer came that nobody can use. */
    static NoAnswerException damaged(ResponseHead head, String how) {
        return found(head, how, Optional.of(Failure.DAMAGED));
    }

    /** Checks that what should be an answer, or a chunk of one, holds no error. */
    static void requireNone(Optional<JsonNode> error, ResponseHead head, InstantSource clock) throws NoAnswerException {
        if (error.isPresent()) {
            throw new NoAnswerException(ErrorReader.ofNode(head, error.get(), clock));
        }
    }

    /**
     * Checks that a field of an answer can be read: else the answer would have a hole.
     *
     * @param field by the protocol's name
     */
    static void unless(boolean readable, ResponseHead head, String field) throws NoAnswerException {
        if (!readable) {
            throw damaged(head, "the answer's " + field + " can't be read");
        }
    }

    private static boolean isJson(ResponseHead head) {
        return type(head).endsWith("json");
    }

    private static String type(ResponseHead head) {
        return head.header("content-type")
                .map(value -> value.split(";", -1)[0].strip().toLowerCase(Locale.ROOT))
                .map(value -> TYPE.matcher(value).matches() ? value : "an invalid content type")
                .orElse("no content type");
    }

    public ServiceError error() {
        return error;
    }
}
