package dev.whippletree.cache.similar;

import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A rule by which two questions with near embeddings can still differ in meaning. Each is cheap, lexical and made for
 * English. Together they catch reversals; the bound on wrong answers doesn't depend on them.
 */
enum Guard {

    /** Numbers, in digits or in words. */
    NUMBERS(differIn(Wording::numbers)),

    /** A denial on one side: one more "not" turns the meaning, two more may not. */
    NEGATION(differIn(wording -> wording.negations() % 2)),

    /** A word here and its opposite there. */
    ANTONYMS(onEitherSide(Guard::opposes)),

    /**
     * Names: words that begin with a capital. Where one side is written without capitals, its words are looked into.
     */
    NAMES(onEitherSide((one, other) -> !other.words().containsAll(one.names()))),

    /** What is written like code. */
    CODE(differIn(Wording::code)),

    /** What stands between quotation marks. */
    QUOTES(differIn(Wording::quotes)),

    /** Languages, spoken or programmed in. */
    LANGUAGES(differIn(Wording::languages)),

    /** The same words that carry meaning, tied by the same ones, in another order: "string to int", "int to string". */
    ORDER((one, other) -> !one.content().equals(other.content())
            && one.links().equals(other.links())
            && sorted(one.content()).equals(sorted(other.content())));

    @SuppressWarnings("ImmutableEnumChecker")
    private final BiPredicate<Wording, Wording> objection;

    Guard(BiPredicate<Wording, Wording> objection) {
        this.objection = objection;
    }

    /** Returns whether the two can't mean the same. */
    boolean objects(Wording one, Wording other) {
        return objection.test(one, other);
    }

    private static BiPredicate<Wording, Wording> differIn(Function<Wording, Object> what) {
        return (one, other) -> !what.apply(one).equals(what.apply(other));
    }

    private static BiPredicate<Wording, Wording> onEitherSide(BiPredicate<Wording, Wording> objection) {
        return (one, other) -> objection.test(one, other) || objection.test(other, one);
    }

    private static boolean opposes(Wording one, Wording other) {
        return one.words().stream()
                .filter(word -> !other.has(word))
                .flatMap(word -> Lexicon.opposites(word).stream())
                .anyMatch(opposite -> other.has(opposite) && !one.has(opposite));
    }

    private static List<String> sorted(List<String> words) {
        return words.stream().sorted().toList();
    }

    /** Returns the first that objects. */
    static Optional<Guard> between(Wording one, Wording other) {
        for (Guard guard : values()) {
            if (guard.objects(one, other)) {
                return Optional.of(guard);
            }
        }
        return Optional.empty();
    }
}
