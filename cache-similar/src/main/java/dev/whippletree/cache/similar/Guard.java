package dev.whippletree.cache.similar;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Something that two questions of one meaning never differ in, however near their embeddings are. Each is cheap, lexical and made for
 * English; together they are a floor against reversals, not what keeps the bound.
 */
enum Guard {

    /** Numbers, in digits or in words. */
    NUMBERS {
        @Override
        boolean objects(Wording one, Wording other) {
            return !one.numbers().equals(other.numbers());
        }
    },

    /** A denial on one side: one more "not" turns the meaning, two more may not. */
    NEGATION {
        @Override
        boolean objects(Wording one, Wording other) {
            return one.negations() % 2 != other.negations() % 2;
        }
    },

    /** A word here and its opposite there. */
    ANTONYMS {
        @Override
        boolean objects(Wording one, Wording other) {
            return opposes(one, other) || opposes(other, one);
        }

        private boolean opposes(Wording one, Wording other) {
            return one.words().stream()
                    .filter(word -> !other.has(word))
                    .flatMap(word -> Lexicon.opposites(word).stream())
                    .anyMatch(opposite -> other.has(opposite) && !one.has(opposite));
        }
    },

    /** Names: words that begin with a capital. Where one side is written without capitals, its words are looked into. */
    NAMES {
        @Override
        boolean objects(Wording one, Wording other) {
            return lacks(one, other) || lacks(other, one);
        }

        private boolean lacks(Wording one, Wording other) {
            return !other.words().containsAll(one.names());
        }
    },

    /** What is written like code. */
    CODE {
        @Override
        boolean objects(Wording one, Wording other) {
            return !one.code().equals(other.code());
        }
    },

    /** What stands between quotation marks. */
    QUOTES {
        @Override
        boolean objects(Wording one, Wording other) {
            return !one.quotes().equals(other.quotes());
        }
    },

    /** Languages, spoken or programmed in. */
    LANGUAGES {
        @Override
        boolean objects(Wording one, Wording other) {
            return !one.languages().equals(other.languages());
        }
    },

    /** The same words that carry meaning, tied by the same ones, in another order: "string to int", "int to string". */
    ORDER {
        @Override
        boolean objects(Wording one, Wording other) {
            return !one.content().equals(other.content())
                    && one.links().equals(other.links())
                    && counted(one).equals(counted(other));
        }

        private Map<String, Integer> counted(Wording wording) {
            Map<String, Integer> counts = new HashMap<>();
            wording.content().forEach(word -> counts.merge(word, 1, Integer::sum));
            return counts;
        }
    };

    /** Returns whether the two can't mean the same. */
    abstract boolean objects(Wording one, Wording other);

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
