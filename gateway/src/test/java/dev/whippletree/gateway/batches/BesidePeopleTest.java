package dev.whippletree.gateway.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What batches of one client do to others, over an account that takes one call at a time. */
final class BesidePeopleTest extends OverBatches {

    private static final String[] ALICE = {"Authorization", "Bearer key-of-alice-0001"};
    private static final String[] BOB = {"Authorization", "Bearer key-of-bob-000001"};

    private RunningGateway running;

    @BeforeEach
    void open() {
        running = new RunningGateway(
                RunningGateway.with(
                                RunningGateway.client("alice", "key-of-alice-0001"),
                                RunningGateway.client("bob", "key-of-bob-000001"))
                        .withBatches(batches()),
                builder -> builder.account(AccountSettings.builder("narrow", "scripted")
                                .maxConcurrency(1)
                                .build())
                        .route(RouteSettings.builder("narrow")
                                .tier(new TargetSettings("narrow", "small-model"))
                                .build()));
        running.provider.usually(call -> {});
    }

    @AfterEach
    void close() {
        running.close();
    }

    private String batch(String name, int lines, String... key) throws Exception {
        String id = begun(
                running,
                lines(IntStream.range(0, lines)
                                .mapToObj(number -> name + " " + number)
                                .toArray(String[]::new))
                        .replace("\"fast\"", "\"narrow\""),
                key);
        until(running, id, "in_progress", key);
        return id;
    }

    private void awaitWaiting(String tenant, int count) {
        while (running.whippletree.status().tenants().stream()
                        .filter(one -> one.name().equals(Optional.of(tenant)))
                        .mapToInt(StatusSnapshot.Tenant::waiting)
                        .sum()
                < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anothersPerson_isNextAfterTheCallInFlight_howeverManyLinesWait() throws Exception {
        batch("line", 2_000, ALICE);
        ScriptedProvider.Call inFlight = running.provider.call();
        CompletableFuture<HttpResponse<String>> person = CompletableFuture.supplyAsync(() -> {
            try {
                return running.post(RunningGateway.HI.replace("fast", "narrow"), BOB);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        awaitWaiting("bob", 1);

        inFlight.answer("a line");

        ScriptedProvider.Call next = running.provider.call();
        assertThat(next.prompt().tenant()).isEqualTo("bob");
        next.answer("Hello");
        assertThat(person.join().body()).contains("Hello");
        assertThat(running.provider.call().prompt().tenant()).isEqualTo("alice");
    }

    @Test
    void anothersBatch_getsEverySecondCall() throws Exception {
        batch("many", 2_000, ALICE);
        ScriptedProvider.Call call = running.provider.call();
        batch("few", 30, BOB);
        awaitWaiting("bob", 1);
        List<String> tenants = new ArrayList<>();
        for (int count = 0; count < 20; count++) {
            call.answer("a line");
            call = running.provider.call();
            tenants.add(call.prompt().tenant());
        }

        assertThat(tenants.stream().filter("bob"::equals).count()).isBetween(9L, 11L);
    }
}
