package dev.whippletree.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request, taken one by one; the rest are fields that the gateway doesn't know. Confined to one
 * reading.
 */
final class Fields {

    private final String path;
    private final Map<String, @Nullable Object> rest;

    /**
     * Takes a JSON object apart.
     *
     * @param path where it stands in the request; empty: it is the request
     */
    Fields(String path, Map<String, ? extends @Nullable Object> object) {
        this.path = path;
        this.rest = new LinkedHashMap<>(object);
        rest.values().removeIf(value -> value == null);
    }

    /** Returns where a field stands. */
    String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    RequestException wrong(String field, String what) {
        return new RequestException(ApiError.wrong(at(field), "'" + at(field) + "' " + what));
    }

    Optional<Object> take(String field) {
        return Optional.ofNullable(rest.remove(field));
    }

    Optional<String> text(String field) {
        return take(field).map(value -> {
            if (value instanceof String text) {
                return text;
            }
            throw wrong(field, "is a string");
        });
    }

    Optional<Boolean> flag(String field) {
        return take(field).map(value -> {
            if (value instanceof Boolean flag) {
                return flag;
            }
            throw wrong(field, "must be true or false");
        });
    }

    Optional<Double> number(String field) {
        return take(field).map(value -> {
            if (value instanceof Number number) {
                return number.doubleValue();
            }
            throw wrong(field, "must be a number");
        });
    }

    Optional<Long> whole(String field) {
        return take(field).map(value -> {
            if (value instanceof Integer || value instanceof Long) {
                return ((Number) value).longValue();
            }
            throw wrong(field, "must be a whole number");
        });
    }

    Optional<List<?>> list(String field) {
        return take(field).map(value -> {
            if (value instanceof List<?> list) {
                return list;
            }
            throw wrong(field, "must be a list");
        });
    }

    /** Returns an element of a list or the value of a field, as fields of its own. */
    @SuppressWarnings("unchecked")
    static Fields object(String at, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(at, (Map<String, @Nullable Object>) map);
        }
        throw new RequestException(ApiError.wrong(at, "'" + at + "' must be an object"));
    }

    /** Returns what wasn't taken. */
    Map<String, Object> rest() {
        Map<String, Object> left = new LinkedHashMap<>();
        rest.forEach((name, value) -> {
            if (value != null) {
                left.put(name, value);
            }
        });
        return left;
    }
}
