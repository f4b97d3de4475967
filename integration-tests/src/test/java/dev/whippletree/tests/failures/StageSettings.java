package dev.whippletree.tests.failures;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a stage is made of: by default nothing goes wrong. Confined to the test's thread.
 *
 * <p>Pauses between attempts are an hour unless a test wants short ones: who is rescued elsewhere mustn't sleep first.
 */
final class StageSettings {

    static final String FIRST = "first";
    static final String SECOND = "second";
    static final String MODEL = "model";
    static final int MAX_TOKENS = 200;

    private static final Retries PAUSING = new Retries(2, Duration.ofHours(1), Duration.ofHours(1), 1, 1000);
    private static final Retries HARDLY_PAUSING = new Retries(2, Duration.ofMillis(1), Duration.ofMillis(1), 1, 1000);
    private final ServiceKind kind;
    private final List<FaultRule> faults = new ArrayList<>();
    private final List<Tier> tiers = new ArrayList<>();
    private Retries retries = PAUSING;
    private Timeouts timeouts = Timeouts.DEFAULT;

    StageSettings(ServiceKind kind) {
        this.kind = kind;
    }

    static TargetSettings first(String model) {
        return new TargetSettings(FIRST, model);
    }

    static TargetSettings second(String model) {
        return new TargetSettings(SECOND, model);
    }

    ServiceKind kind() {
        return kind;
    }

    /** Adds what goes wrong, as users write it. */
    StageSettings fault(String rule) {
        faults.add(FaultRule.parse(rule));
        return this;
    }

    /** Adds a tier behind those before it. */
    StageSettings tier(TargetSettings... targets) {
        tiers.add(new Tier(Arrays.asList(targets)));
        return this;
    }

    /** Lets retries come at once. */
    StageSettings shortPauses() {
        retries = HARDLY_PAUSING;
        return this;
    }

    /** Gives a silent service up after as long; without, as usual. */
    StageSettings timeout(Optional<Duration> whole) {
        timeouts = whole.map(time -> new Timeouts(time, time, time)).orElse(Timeouts.DEFAULT);
        return this;
    }

    Stage open() {
        return new Stage(this);
    }

    ServiceSettings service() {
        return ServiceSettings.builder(kind)
                .models(MODEL)
                .faults(new FaultScript(faults))
                .account(FIRST, token(FIRST))
                .account(SECOND, token(SECOND))
                .build();
    }

    Whippletree whippletree(String baseUrl, Timeline timeline) {
        Whippletree.Builder builder = Whippletree.builder().timeline(timeline).route(route());
        tiers.stream()
                .flatMap(tier -> tier.targets().stream())
                .map(TargetSettings::account)
                .distinct()
                .forEach(id -> builder.account(account(id, baseUrl)));
        return builder.build();
    }

    private AccountSettings account(String id, String baseUrl) {
        return AccountSettings.builder(id, kind.provider())
                .token(token(id))
                .setting("base-url", baseUrl)
                .build();
    }

    private RouteSettings route() {
        return RouteSettings.builder("default", tiers)
                .patience(Duration.ofMillis(50))
                .maxTokens(MAX_TOKENS)
                .ttl(Optional.empty())
                .retries(retries)
                .timeouts(timeouts)
                .build();
    }

    private static String token(String id) {
        return "token-of-" + id;
    }
}
