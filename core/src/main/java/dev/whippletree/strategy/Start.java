package dev.whippletree.strategy;

import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The first target of a strategy that gives turns. */
public enum Start {
    /** With the target that has most weight; of equals with the first, as configured. */
    FIRST,
    /**
     * With the target of whose limits least is used for its weight; of equals with one drawn by lot, by their weights.
     * A target of which no limit is known counts as unused.
     */
    SPREAD;

    /** The setting that chooses it. */
    static final SettingKey KEY = new SettingKey(
            "start",
            "where turns begin: first (default), at the first account; or spread, at the least used account (ties"
                    + " at random),"
                    + " for programs that ask once and end");

    private static final Set<String> STRATEGIES =
            Set.of(new RoundRobin().name(), new LeastInFlight().name(), new MostHeadroom().name());

    /**
     * Returns what is set.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Start of(Settings settings) {
        String text = settings.text(KEY.name()).orElse(FIRST.word()).trim();
        for (Start start : values()) {
            if (start.word().equals(text)) {
                return start;
            }
        }
        throw new IllegalArgumentException(settings.where() + ": start must be first or spread, not '" + text + "'");
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns a strategy's settings with its turns {@linkplain #SPREAD spread}; unchanged if they say where turns
     * begin, or if it isn't one of ours that give any.
     *
     * @param strategy its name
     */
    public static Settings spread(String strategy, Settings settings) {
        if (!STRATEGIES.contains(strategy) || settings.text(KEY.name()).isPresent()) {
            return settings;
        }
        Map<String, String> values = new HashMap<>(settings.values());
        values.put(KEY.name(), SPREAD.word());
        return new Settings(settings.where(), values);
    }

    /** Returns which target has the first turn by {@link #SPREAD}. */
    static int leastUsed(List<TargetView> ready, RandomGenerator random) {
        double least = ready.stream().mapToDouble(Start::used).min().orElse(0);
        List<TargetView> alike =
                ready.stream().filter(target -> used(target) == least).toList();
        long lot = random.nextLong(alike.stream().mapToLong(TargetView::weight).sum());
        for (TargetView target : alike) {
            lot -= target.weight();
            if (lot < 0) {
                return ready.indexOf(target);
            }
        }
        throw new AssertionError("a lot beyond all weights");
    }

    private static double used(TargetView target) {
        return (1 - target.headroom()) / target.weight();
    }
}
