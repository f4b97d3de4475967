package dev.whippletree.gateway.responses;

import dev.whippletree.gateway.responses.OutputItem.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of an answer, in order, and the events in which they come. Confined to its writer.
 *
 * <p>One item comes at a time, since clients give each piece to the item that began last. What belongs to another is
 * kept until the item before is whole: a text is when something else follows, a call when its arguments are.
 */
final class Output {

    private static final String COMPLETED = "completed";

    private final String answerId;
    private final Tools tools;
    private final boolean encrypted;
    private final BiConsumer<String, Map<String, Object>> events;
    private final List<OutputItem> items = new ArrayList<>();
    private final List<OutputItem> kept = new ArrayList<>();
    private final Map<Integer, OutputItem> calls = new HashMap<>();
    private @Nullable OutputItem current;
    private String lastStatus = COMPLETED;

    /**
     * Prepares one.
     *
     * @param encrypted whether the client drops reasoning that isn't encrypted
     * @param events receives an event's type and its other fields
     */
    Output(String answerId, Tools tools, boolean encrypted, BiConsumer<String, Map<String, Object>> events) {
        this.answerId = answerId;
        this.tools = tools;
        this.encrypted = encrypted;
        this.events = events;
    }

    /** Adds text, reasoning or a refusal. */
    void text(Kind kind, String piece) {
        if (current != null && current.kind == kind) {
            add(current, piece);
        } else {
            add(
                    kept.stream()
                            .filter(item -> item.kind == kind)
                            .findFirst()
                            .orElseGet(() -> OutputItem.of(kind, encrypted)),
                    piece);
        }
    }

    /** Adds a piece of a call; the first piece has the name and, if the service gives one, the id. */
    void call(int number, Optional<String> id, Optional<String> name, String piece) {
        OutputItem call = calls.computeIfAbsent(
                number,
                first -> OutputItem.call(
                        tools.called(name.orElse("")),
                        id.filter(given -> !given.isEmpty()).orElse("call_" + answerId + "_" + number)));
        add(call, piece);
    }

    private void add(OutputItem item, String piece) {
        if (item.isClosed()) {
            if (!piece.isBlank()) {
                throw new IllegalStateException("a tool call goes on after its arguments were whole");
            }
            return;
        }
        if (current == null || current != item && current.mayBeWhole()) {
            closeCurrent(COMPLETED);
            open(item);
        }
        item.text.append(piece);
        if (item == current) {
            tell(item, piece);
        } else if (!kept.contains(item)) {
            kept.add(item);
        }
    }

    private void open(OutputItem item) {
        kept.remove(item);
        current = item;
        item.open(items.size(), answerId);
        items.add(item);
        events.accept("response.output_item.added", Map.of("output_index", item.index(), "item", item.begun()));
        if (!item.kind.isCall()) {
            partEvent(item, ".added", "");
        }
        tell(item, item.text.toString());
    }

    /** The input of a custom tool is in its arguments, and can be told only when these are whole. */
    private void tell(OutputItem item, String piece) {
        if (item.kind != Kind.CUSTOM && !piece.isEmpty()) {
            delta(item, piece);
        }
    }

    private void delta(OutputItem item, String piece) {
        Map<String, Object> event = item.place();
        event.put("delta", piece);
        if (item.kind == Kind.TEXT) {
            event.put("logprobs", List.of());
        }
        events.accept("response." + item.kind.textEvent + ".delta", event);
    }

    private void partEvent(OutputItem item, String end, String soFar) {
        Map<String, Object> event = item.place();
        event.put("part", item.part(soFar));
        events.accept("response." + item.kind.partEvent + end, event);
    }

    private void closeCurrent(String status) {
        OutputItem item = current;
        if (item == null) {
            return;
        }
        finish(item, status.equals(COMPLETED));
        String text = item.text.toString();
        Map<String, Object> done = item.place();
        if (item.kind == Kind.FUNCTION) {
            done.put("name", String.valueOf(item.tool()));
        }
        done.put(item.kind.textField, text);
        if (item.kind == Kind.TEXT) {
            done.put("logprobs", List.copyOf(item.logprobs));
        }
        events.accept("response." + item.kind.textEvent + ".done", done);
        if (!item.kind.isCall()) {
            partEvent(item, ".done", text);
        }
        events.accept("response.output_item.done", Map.of("output_index", item.index(), "item", item.json(status)));
        item.close();
        current = null;
    }

    /** Clients parse the arguments of a whole call; some services send none for a function without parameters. */
    private void finish(OutputItem item, boolean whole) {
        if (item.kind == Kind.CUSTOM) {
            String input = Tools.input(item.text.toString());
            item.text.setLength(0);
            item.text.append(input);
            delta(item, input);
        } else if (item.kind == Kind.FUNCTION && whole && item.text.toString().isBlank()) {
            item.text.append("{}");
            delta(item, "{}");
        }
    }

    /**
     * Ends the answer. One without any item gets an empty text.
     *
     * @param status the last item's
     */
    void end(String status) {
        if (current == null && items.isEmpty()) {
            open(OutputItem.of(Kind.TEXT, encrypted));
        }
        for (OutputItem next : List.copyOf(kept)) {
            closeCurrent(COMPLETED);
            open(next);
        }
        closeCurrent(status);
        lastStatus = status;
    }

    /** Returns the items so far. */
    List<Map<String, Object>> json() {
        List<Map<String, Object>> json = new ArrayList<>();
        for (OutputItem item : items) {
            boolean last = json.size() == items.size() - 1;
            json.add(item.json(item.isClosed() ? last ? lastStatus : COMPLETED : "incomplete"));
        }
        return json;
    }
}
