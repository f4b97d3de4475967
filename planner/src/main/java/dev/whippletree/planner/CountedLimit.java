package dev.whippletree.planner;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Limit;
import dev.whippletree.planner.AccountGroup.Place;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A declared limit and how its service counts it. Immutable.
 *
 * @param declared as the engine is told
 * @param counted as the service counts it
 * @param ofOneModel whether all that counts towards it is of one model
 */
record CountedLimit(DeclaredLimit declared, ServiceLimit counted, boolean ofOneModel) {

    /** The longest window of which there are recordings that show how Groq counts. */
    private static final Duration RECORDED = Duration.ofMinutes(1);

    /** Returns the limits of a kind; those of models that aren't asked are left out. */
    static List<CountedLimit> of(AccountGroup group) {
        List<String> models = models(group);
        return group.limits().stream()
                .filter(declared -> declared.model().map(models::contains).orElse(true))
                .map(declared -> new CountedLimit(
                        declared,
                        counted(declared, kind(group.service()), group.refills()),
                        declared.model().isPresent() || models.size() == 1))
                .collect(Collectors.toList());
    }

    /** Returns the models that a kind is asked for. */
    static List<String> models(AccountGroup group) {
        return group.members().stream()
                .flatMap(member -> member.places().stream())
                .map(Place::model)
                .distinct()
                .toList();
    }

    /** Returns which service imitates a provider: one that isn't known by name counts as OpenAI's protocol does. */
    static ServiceKind kind(String service) {
        for (ServiceKind kind : ServiceKind.values()) {
            if (kind.provider().equals(service)) {
                return kind;
            }
        }
        return ServiceKind.OPENAI;
    }

    /**
     * A guess, but for Groq's limits of a minute. A longer one may refill only if headers report it: else the engine
     * keeps each window.
     */
    private static ServiceLimit counted(DeclaredLimit declared, ServiceKind kind, boolean refills) {
        Counting counting = switch (kind) {
            case GROQ ->
                declared.limit().window().compareTo(RECORDED) <= 0 || (refills && kind.reports(declared.limit()))
                        ? Counting.BUCKET
                        : Counting.SLIDING;
            case HUGGING_FACE -> Counting.SLIDING;
            case OPENAI -> Counting.FIXED;
        };
        return new ServiceLimit(declared.limit(), counting, declared.model().isPresent(), declared.model());
    }

    /** Returns what comes of accounts if their limits refill gradually, wherever they may, and says which those are. */
    static Outcome.Otherwise otherwise(AccountPool pool, Outcome gradually) {
        Set<String> names = new LinkedHashSet<>();
        Set<Duration> windows = new HashSet<>();
        for (AccountGroup group : pool.groups()) {
            List<CountedLimit> otherwise = of(group.refilling());
            otherwise.removeAll(of(group));
            for (CountedLimit limit : otherwise) {
                names.add(group.service() + "'s " + limit.limit());
                windows.add(limit.limit().window());
            }
        }
        String window = windows.equals(Set.of(Duration.ofDays(1))) ? "day" : "window";
        return new Outcome.Otherwise(
                Phrases.list(List.copyOf(names)) + " refill gradually", "they are counted by the " + window, gradually);
    }

    Limit limit() {
        return declared.limit();
    }

    /** Returns which model's it is; absent: all models of the organization share it. */
    Optional<String> model() {
        return declared.model();
    }

    /** Returns whether calls of a model count towards it. */
    boolean bounds(String asked) {
        return model().map(asked::equals).orElse(true);
    }

    /**
     * Returns the most that can be used from a fresh start until the horizon. A limit that is declared for an
     * organization of several models is kept in every sliding window, however the service counts it; a bucket of one
     * model refills from the first use on.
     *
     * @param left what is left to others in each window, 0 or more, less than the limit's amount
     */
    long allowed(Duration horizon, long left) {
        long amount = limit().amount();
        double windows = windows(horizon);
        return (long) (refills() ? Math.floor(amount * windows) - left : Math.floor((amount - left) * windows));
    }

    /**
     * Returns how many equal calls fit into that: what is too little of a window for one more isn't used.
     *
     * @param perCall what each of them uses, 1 or more
     */
    long calls(Duration horizon, long left, long perCall) {
        long atOnce = (limit().amount() - left) / perCall;
        return refills() && atOnce > 0 ? allowed(horizon, left) / perCall : (long) (atOnce * windows(horizon));
    }

    private boolean refills() {
        return counted.counting() == Counting.BUCKET && ofOneModel;
    }

    private double windows(Duration horizon) {
        double windows = (double) horizon.toNanos() / limit().window().toNanos();
        return refills() ? 1 + windows : Math.ceil(windows);
    }
}
