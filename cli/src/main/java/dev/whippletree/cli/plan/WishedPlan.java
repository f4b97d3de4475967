package dev.whippletree.cli.plan;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.KnownPlugins;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.Workload;
import dev.whippletree.settings.RouteSettings;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns what a user typed into what the planner is asked. */
final class WishedPlan {

    private final PlanWish wish;
    private final KnownPlugins known;

    private WishedPlan(PlanWish wish, KnownPlugins known) {
        this.wish = wish;
        this.known = known;
    }

    /**
     * Returns the request.
     *
     * @param known the plugins that may be named
     * @throws UserMistake if a value can't be used, saying which
     */
    static PlanRequest request(PlanWish wish, KnownPlugins known) {
        return new WishedPlan(wish, known).request();
    }

    private PlanRequest request() {
        AccountPool pool = pool();
        Optional<AccountPool> tier = wish.pool().addedTier().map(text -> accounts("--tier: ", text));
        return checked("", () -> {
            PlanRequest request = PlanRequest.of(wish.interviews(), pool).withAdvice(wish.advice());
            request = wish.horizon().map(request::withHorizon).orElse(request);
            request = request.withWorkload(workload());
            request = wish.latency()
                    .map(Latency::parse)
                    .map(request::withUsualLatency)
                    .orElse(request);
            request = wish.longestWait().map(request::withLongestWait).orElse(request);
            request = wish.processes().map(request::withProcesses).orElse(request);
            request = wish.seed().map(request::withSeed).orElse(request);
            request = wish.output().prices().map(request::withPrices).orElse(request);
            return tier.map(request::withAddedTier).orElse(request);
        });
    }

    private static void checkKnown(String option, KnownPlugins.Kind kind, String name) {
        kind.unknown(name).ifPresent(message -> {
            throw new UserMistake(option + message);
        });
    }

    private AccountPool pool() {
        AccountPool pool = wish.pool()
                .accounts()
                .map(text -> accounts("--accounts: ", text))
                .orElseGet(() -> checked(
                        "", () -> AccountPool.of(wish.pool().configuration().orElseThrow())));
        wish.pool().strategy().ifPresent(name -> checkKnown("--strategy: ", known.strategies(), name));
        return wish.pool().strategy().map(name -> withStrategy(pool, name)).orElse(pool);
    }

    private AccountPool accounts(String option, String text) {
        AccountPool pool = checked(
                option,
                () -> wish.pool()
                        .model()
                        .map(model -> AccountPool.parse(text, model))
                        .orElseGet(() -> AccountPool.parse(text)));
        pool.groups().forEach(group -> checkKnown(option, known.providers(), group.service()));
        return pool;
    }

    private static AccountPool withStrategy(AccountPool pool, String name) {
        RouteSettings changed = pool.route().toBuilder().strategy(name).build();
        return new AccountPool(pool.groups(), changed, pool.engine(), pool.notes());
    }

    private Workload workload() {
        PlanWish.Load wished = wish.load();
        Workload load = Workload.STANDARD;
        load = wished.questions().map(load::withQuestions).orElse(load);
        load = wished.repeat().map(load::withRepeat).orElse(load);
        load = wished.distinct().map(load::withDistinct).orElse(load);
        if (wished.promptTokens().isPresent() && wished.answerTokens().isPresent()) {
            load = load.withTokens(
                    wished.promptTokens().get(), wished.answerTokens().get());
        }
        load = wished.maxTokens()
                .or(() -> routesBound(wished))
                .map(load::withMaxTokens)
                .orElse(load);
        load = wished.interview().map(load::withInterview).orElse(load);
        return wished.over().map(load::withOver).orElse(load);
    }

    /** What the engine sends along with a prompt that has no bound of its own; longer answers than that have one. */
    private Optional<Integer> routesBound(PlanWish.Load wished) {
        int answer = wished.answerTokens().orElse(Workload.STANDARD.answerTokens());
        return wish.pool()
                .configuration()
                .map(configuration -> configuration.routes().get(0).maxTokens())
                .filter(bound -> bound >= answer);
    }

    private static <T> T checked(String where, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new UserMistake(where + e.getMessage());
        }
    }
}
