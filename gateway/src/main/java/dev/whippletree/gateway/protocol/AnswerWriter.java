package dev.whippletree.gateway.protocol;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import java.util.List;
import java.util.Map;

/** Writes one answer in a protocol, whole or as events. Confined to one thread. */
public interface AnswerWriter {

    String id();

    /** Returns a whole answer: a JSON object. */
    Map<String, Object> whole(Completion completion);

    /** Returns the events for a delta, including all that follow the last one; none if the delta needs no event. */
    List<ServerSentEvent> events(Delta delta);

    /** Returns the last events of a stream that ends with an error, whether or not it has begun. */
    List<ServerSentEvent> broken(ApiError error);
}
