package dev.whippletree.provider.openai.read;

import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import java.util.Locale;
import java.util.regex.Pattern;

/** Says that a response whose status is good isn't an answer of the protocol, such as a login page. Stateless. */
final class NotAnAnswer {

    /** A media type without its parameters (RFC 9110, section 8.3.1), no longer than those in use. */
    private static final Pattern TYPE = Pattern.compile("[a-z0-9!#$&^_.+-]{1,40}/[a-z0-9!#$&^_.+-]{1,60}");

    private NotAnAnswer() {}

    /** Something came that is no answer. */
    static NoAnswerException other(ResponseHead head) {
        return found(
                head, "the service sent something that isn't an answer (" + type(head) + ", " + head.status() + ")");
    }

    /** Nothing came. */
    static NoAnswerException empty(ResponseHead head) {
        return found(head, "the service sent an empty body instead of an answer (" + head.status() + ")");
    }

    private static NoAnswerException found(ResponseHead head, String words) {
        return new NoAnswerException(ServiceError.found(head, words));
    }

    private static String type(ResponseHead head) {
        return head.header("content-type")
                .map(value -> value.split(";", -1)[0].strip().toLowerCase(Locale.ROOT))
                .map(value -> TYPE.matcher(value).matches() ? value : "an invalid content type")
                .orElse("no content type");
    }
}
