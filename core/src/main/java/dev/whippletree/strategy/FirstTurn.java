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

/** Which target has the first turn. */
public enum FirstTurn {
    /** The target with the largest weight; of equals, the first as configured. */
    FIRST,
    /**
     * The target whose limits are least used for its weight; of equals, one drawn by lot, by weight. A target without a
     * known limit counts as unused. Later turns of equals are in an order drawn by lot, so that processes that share
     * accounts don't all come to the same one at the same time.
     */
    SPREAD;

    static final SettingKey KEY = new SettingKey(
            "start",
            "Which account has the first turn: first, the heaviest (of equals, the first); or spread, the least used."
                    + " By default first, but spread for the command ask, for asksOnce() and with a coordinator.",
            FirstTurn::of);

    private static final Set<String> STRATEGIES =
            Set.of(new RoundRobin().name(), new LeastInFlight().name(), new MostHeadroom().name());

    /** Returns the setting's value; throws an {@link IllegalArgumentException} if it is neither. */
    static FirstTurn of(Settings settings) {
        String text = settings.text(KEY.name()).orElse(FIRST.word()).trim();
        for (FirstTurn start : values()) {
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
     * Returns a strategy's settings with first turns {@linkplain #SPREAD spread}; unchanged if they set the first turn,
     * or if the strategy isn't one of ours that take turns.
     *
     * @param strategy the strategy's name
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
        double least = ready.stream().mapToDouble(FirstTurn::used).min().orElse(0);
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
