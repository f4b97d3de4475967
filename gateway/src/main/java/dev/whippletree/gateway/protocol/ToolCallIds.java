package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.Fields;
import java.util.HashSet;
import java.util.Set;

/**
 * The ids of the tool calls in a conversation: every result belongs to one call before it. An id may be used again once
 * its call has a result, since some services count the calls of each answer from 0. Confined to one reading.
 */
public final class ToolCallIds {

    private final Set<String> waiting = new HashSet<>();

    /**
     * Notes a call.
     *
     * @throws dev.whippletree.chat.WrongFieldException if an earlier call with this id has no result yet
     */
    public void called(Fields call, String field, String id) {
        if (!waiting.add(id)) {
            throw call.wrong(field, "is '" + id + "', as an earlier call's is; each call needs an id of its own");
        }
    }

    /**
     * Notes a result.
     *
     * @throws dev.whippletree.chat.WrongFieldException if no call waits for it
     */
    public void answered(Fields result, String field, String id) {
        if (!waiting.remove(id)) {
            throw result.wrong(
                    field,
                    "is '" + id + "', but no call before it has this id and waits for a result; send the call as well");
        }
    }
}
