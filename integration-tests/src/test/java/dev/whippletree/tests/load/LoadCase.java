package dev.whippletree.tests.load;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.stress.interviews.Interviews;
import java.time.Duration;
import java.util.List;

/**
 * A service, its accounts, and who asks what. Immutable.
 *
 * @param interviews who asks what
 * @param service the emulated service
 * @param accounts the accounts the library is configured with
 */
record LoadCase(Interviews interviews, ServiceSettings service, List<LoadAccount> accounts) {

    /** Every service knows it. */
    private static final String MODEL = "openai/gpt-oss-20b";

    /**
     * Two accounts without a limit and 50 interviews in which four in five questions repeat, for what isn't about
     * accounts.
     */
    static LoadCase plain() {
        return new LoadCase(
                Interviews.STANDARD.withInterviews(Interviews.STANDARD.interviews() / 10),
                emulated(),
                List.of(LoadAccount.undeclared("first"), LoadAccount.undeclared("second")));
    }

    /**
     * Two accounts of 40 a second each, and 24 interviews in which half of the questions repeat, for several processes.
     */
    static LoadCase shared() {
        Limit limit = Limit.requests(40, Duration.ofSeconds(1));
        return new LoadCase(
                Interviews.STANDARD.withInterviews(24).withRepeat(0.5),
                emulated(ServiceLimit.sliding(limit)),
                List.of(LoadAccount.declared("first", limit), LoadAccount.declared("second", limit)));
    }

    private static ServiceSettings emulated(ServiceLimit... limits) {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("first", LoadAccount.token("first"), limits)
                .account("second", LoadAccount.token("second"), limits)
                .latency(Latency.constant(Duration.ofMillis(50)))
                .build();
    }

    /**
     * Returns a builder with the accounts of this case, at the address the service listens on, and without any cache.
     */
    Whippletree.Builder configured(String baseUrl) {
        Whippletree.Builder builder = Whippletree.builder();
        String provider = service.kind().provider();
        accounts.forEach(account -> builder.account(account.settings(provider, baseUrl)));
        List<TargetSettings> targets = accounts.stream()
                .map(account -> new TargetSettings(account.id(), MODEL))
                .toList();
        return builder.route(RouteSettings.of("load", List.of(new Tier(targets))));
    }
}
