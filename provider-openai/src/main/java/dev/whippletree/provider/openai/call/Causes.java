package dev.whippletree.provider.openai.call;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Searches the causes of an exception. Stateless. */
final class Causes {

    private static final int MOST = 20;

    private Causes() {}

    /** Returns the first of a type among an exception and its causes. */
    static <T> Optional<T> find(Throwable fault, Class<T> type) {
        return all(fault).filter(type::isInstance).map(type::cast).findFirst();
    }

    static boolean has(Throwable fault, Class<?> type) {
        return find(fault, type).isPresent();
    }

    /** Returns whether the message of an exception or of one of its causes holds a text. */
    static boolean says(Throwable fault, String text) {
        return all(fault).map(Throwable::getMessage).anyMatch(message -> message != null && message.contains(text));
    }

    private static Stream<Throwable> all(Throwable fault) {
        return Stream.iterate(fault, Objects::nonNull, Throwable::getCause).limit(MOST);
    }
}
