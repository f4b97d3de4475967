package dev.whippletree.cli.plan;

import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.config.KnownPlugins;
import dev.whippletree.config.PriceList;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.PromptList;
import dev.whippletree.planner.Workload;
import dev.whippletree.settings.RouteSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options of a plan, with the files that they name. Immutable.
 *
 * @param command what was typed; what is absent is as in the standard plan
 * @param configuration whose accounts are asked; absent if accounts were typed
 * @param prices the price list, if one is named
 */
record TypedPlan(PlanCommand command, Optional<Configuration> configuration, Optional<PriceList> prices) {

    private static final String ACCOUNTS = "--accounts: ";
    private static final Duration HORIZON_OF_PROMPTS = Duration.ofDays(1);
    private static final Duration WAIT_OF_TRACES =
            GatewaySettings.DEFAULT.bounds().deadline();

    static TypedPlan read(PlanCommand command, Surroundings surroundings) {
        Optional<Configuration> configuration = command.accounts.isPresent()
                ? Optional.empty()
                : Optional.of(command.opening.configurationToPlan(surroundings));
        Optional<PriceList> named =
                command.prices.map(file -> PriceList.read(surroundings.folder().resolve(file)));
        return new TypedPlan(command, configuration, named.or(() -> configuration.flatMap(Configuration::prices)));
    }

    /** Returns what the planner is asked. */
    PlanRequest request(KnownPlugins known) {
        AccountPool pool = pool(known);
        return UserMistake.checked("", () -> {
            List<Integer> sizes = command.measured
                    .map(measured -> List.of(measured.prompts().sessions()))
                    .orElse(command.interviews);
            PlanRequest request = PlanRequest.of(sizes, pool).withAdvice(!command.withoutAdvice);
            Optional<Duration> wait = command.longestWait.or(() -> command.trace.map(traced -> WAIT_OF_TRACES));
            request = command.horizon
                    .or(() -> command.measured.map(measured -> horizon(measured.prompts(), wait)))
                    .map(request::withHorizon)
                    .orElse(request);
            request = request.withWorkload(workload(pool));
            request = command.latency
                    .map(Latency::parse)
                    .map(request::withUsualLatency)
                    .orElse(request);
            request = wait.map(request::withLongestWait).orElse(request);
            request = command.seed.map(request::withSeed).orElse(request);
            return prices.map(request::withPrices).orElse(request);
        });
    }

    /** The last prompt of a trace may wait as long as any. */
    private static Duration horizon(PromptList prompts, Optional<Duration> wait) {
        return prompts.start().isEmpty()
                ? HORIZON_OF_PROMPTS
                : Duration.ofMinutes(prompts.span().toMinutes() + 1).plus(wait.orElse(Duration.ZERO));
    }

    private static void checkKnown(String option, KnownPlugins.PluginKind kind, String name) {
        kind.unknown(name).ifPresent(message -> {
            throw new UserMistake(option + message);
        });
    }

    /**
     * A batch feeds as many prompts as there are places for; without times, a plan's prompts all come at once. It waits
     * as long as it takes, and keeps its answers, whatever caches there are.
     */
    private static AccountPool asBatch(AccountPool pool, MeasuredPrompts measured) {
        int places = Math.max(pool.engine().lineSize(), measured.prompts().prompts());
        RouteSettings route = pool.route().toBuilder()
                .deadline(Optional.empty())
                .ttl(PlanRequest.LONGEST_HORIZON)
                .build();
        return new AccountPool(pool.groups(), route, pool.engine().withLineSize(places), true, pool.notes());
    }

    /** Returns the prompts of a batch; those of a trace are none. */
    private Optional<MeasuredPrompts> batch() {
        return command.measured.filter(measured -> measured.prompts().start().isEmpty());
    }

    private AccountPool pool(KnownPlugins known) {
        AccountPool pool = poolAsTyped(known);
        return batch().map(measured -> asBatch(pool, measured)).orElse(pool);
    }

    private AccountPool configured(Configuration there) {
        return batch().map(measured -> measured.route().orElse(there.routes().get(0)))
                .map(route -> AccountPool.ofBatch(there, route))
                .orElseGet(() -> AccountPool.of(there));
    }

    private AccountPool poolAsTyped(KnownPlugins known) {
        AccountPool pool = command.accounts
                .map(text -> accounts(text, known))
                .orElseGet(() -> UserMistake.checked("", () -> configured(configuration.orElseThrow())));
        command.strategy.ifPresent(name -> checkKnown("--strategy: ", known.strategies(), name));
        AccountPool balanced =
                command.strategy.map(name -> withStrategy(pool, name)).orElse(pool);
        return command.leave.map(balanced::withReserve).orElse(balanced);
    }

    private AccountPool accounts(String text, KnownPlugins known) {
        AccountPool pool = UserMistake.checked(
                ACCOUNTS,
                () -> command.opening
                        .model()
                        .map(model -> AccountPool.parse(text, model))
                        .orElseGet(() -> AccountPool.parse(text)));
        pool.groups().forEach(group -> checkKnown(ACCOUNTS, known.providers(), group.service()));
        return pool;
    }

    private static AccountPool withStrategy(AccountPool pool, String name) {
        return pool.withRoute(pool.route().toBuilder().strategy(name).build());
    }

    private Workload workload(AccountPool pool) {
        Workload load = Workload.STANDARD;
        if (command.measured.isPresent()) {
            load = load.withPrompts(command.measured.get().prompts());
            load = load.withTokens(load.promptTokens(), answerTokens());
        }
        load = command.questions.map(load::withQuestions).orElse(load);
        load = command.repeat.map(load::withRepeat).orElse(load);
        load = command.distinct.map(load::withDistinct).orElse(load);
        if (command.tokens.isPresent() && command.measured.isEmpty()) {
            TokenSizes.Sizes sizes = command.tokens.get();
            load = load.withTokens(sizes.prompt(), sizes.answer());
        }
        load = command.maxTokens
                .or(() -> boundOf(pool.route()))
                .map(load::withMaxTokens)
                .orElse(load);
        load = command.minutes.map(Duration::ofMinutes).map(load::withInterview).orElse(load);
        return command.over.map(load::withOver).orElse(load);
    }

    private int answerTokens() {
        int usual = Workload.STANDARD.answerTokens();
        return command.tokens
                .map(TokenSizes.Sizes::answer)
                .or(() -> command.measured.map(measured -> measured.prompts().answerTokens(usual)))
                .orElse(usual);
    }

    /** The maximum of the route, if it has one; longer answers have a bound of their own. */
    private Optional<Integer> boundOf(RouteSettings route) {
        OptionalInt bound = route.maxTokens();
        return bound.isPresent() ? Optional.of(Math.max(bound.getAsInt(), answerTokens())) : Optional.empty();
    }
}
