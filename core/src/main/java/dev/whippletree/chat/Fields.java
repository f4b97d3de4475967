package dev.whippletree.chat;

import dev.whippletree.model.Parameters.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, taken one by one; the rest are fields that the reader doesn't know. A field that is null
 * counts as absent. Confined to one reading. Each method that takes a field throws {@link WrongFieldException} if the
 * field is of another type.
 */
public final class Fields {

    private final String path;
    private final Map<String, ? extends @Nullable Object> whole;
    private final Map<String, Object> rest;

    /** Takes a JSON object apart; the path is where it stands in the request, empty for the request itself. */
    public Fields(String path, Map<String, ? extends @Nullable Object> object) {
        this.path = path;
        this.whole = object;
        this.rest = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            if (value != null) {
                rest.put(name, value);
            }
        });
    }

    /** Returns where a field stands. */
    public String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    /** Returns the error of a field; the text is the rest of a sentence about it. */
    public WrongFieldException wrong(String field, String what) {
        return new WrongFieldException(at(field), what);
    }

    /**
     * Checks what a field says of a parameter. The parameters check it as well, but don't know where the request has
     * it.
     *
     * @throws WrongFieldException if it is beyond the range
     */
    public void check(String field, Range range, Number value) {
        range.problem(value).ifPresent(problem -> {
            throw wrong(field, problem);
        });
    }

    /** Takes a field of any type; empty if it is absent. */
    public Optional<Object> take(String field) {
        return Optional.ofNullable(rest.remove(field));
    }

    /** Takes a string; empty if it is absent. */
    public Optional<String> text(String field) {
        return take(field, String.class, "must be a string");
    }

    /** Takes true or false; empty if it is absent. */
    public Optional<Boolean> flag(String field) {
        return take(field, Boolean.class, "must be true or false");
    }

    /** Takes a number; empty if it is absent. */
    public Optional<Double> number(String field) {
        return take(field, Number.class, "must be a number").map(Number::doubleValue);
    }

    /** Takes a whole number; empty if it is absent. */
    public Optional<Long> whole(String field) {
        return take(field, Number.class, "must be a whole number").map(number -> {
            if (number instanceof Integer || number instanceof Long) {
                return number.longValue();
            }
            throw wrong(field, "must be a whole number");
        });
    }

    /** Takes a list; empty if it is absent. Its elements may be null. */
    public Optional<List<?>> list(String field) {
        return take(field, List.class, "must be a list").map(list -> (List<?>) list);
    }

    private <T> Optional<T> take(String field, Class<T> type, String otherwise) {
        return take(field).map(value -> {
            if (type.isInstance(value)) {
                return type.cast(value);
            }
            throw wrong(field, otherwise);
        });
    }

    /** Takes a string that mustn't be absent. */
    public String needed(String field) {
        return text(field).orElseThrow(() -> wrong(field, "is missing"));
    }

    /** Takes an object; empty if it is absent. */
    public Optional<Fields> object(String field) {
        return take(field).map(value -> object(at(field), value));
    }

    /** Takes a list of objects; none if it is absent. */
    public List<Fields> objects(String field) {
        return objects(field, list(field).orElse(List.of()));
    }

    /** Returns the objects of a list that was taken already. */
    public List<Fields> objects(String field, List<?> list) {
        return IntStream.range(0, list.size())
                .mapToObj(index -> object(at(field) + "[" + index + "]", list.get(index)))
                .toList();
    }

    /**
     * Returns an element of a list or the value of a field, as fields of its own.
     *
     * @param at where it stands
     * @throws WrongFieldException if it isn't an object
     */
    @SuppressWarnings("unchecked")
    public static Fields object(String at, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(at, (Map<String, @Nullable Object>) map);
        }
        throw new WrongFieldException(at, "must be an object");
    }

    /** Returns the object as it was given, so with its members that are null. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> whole() {
        return (Map<String, Object>) whole;
    }

    /** Returns what wasn't taken. */
    public Map<String, Object> rest() {
        return new LinkedHashMap<>(rest);
    }
}
